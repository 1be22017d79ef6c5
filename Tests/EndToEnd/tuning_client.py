"""What google-generativeai 0.8.6 does with tuned models, over its REST transport.

Run by `test_tuning_legacy.py` with an interpreter that has that version: `tuning_client.py NAME
ADDRESS`, where NAME is a function of this file.
"""

import contextlib
import io
import sys

import google.generativeai as genai
from google.api_core import exceptions
from google.generativeai.types import permission_types

BASE = "models/gemini-1.5-flash-001-tuning"
EXAMPLES = [{"text_input": str(number), "output": str(number + 1)} for number in range(15)]


def begin(model_id: str) -> "genai.operations.CreateTunedModelOperation":
    return genai.create_tuned_model(
        source_model=BASE, training_data=EXAMPLES, id=model_id, display_name="number generator",
        description="counts", epoch_count=5, batch_size=4, learning_rate=0.001, temperature=0.5)


def whole() -> None:
    """From the examples to a model that answers, is shared, and is gone."""
    operation = begin("counts-on")
    assert operation.name.startswith("tunedModels/counts-on/operations/")
    assert operation.metadata.total_steps == 19
    assert operation.metadata.tuned_model == "tunedModels/counts-on"
    assert genai.get_tuned_model("tunedModels/counts-on").state.name == "CREATING"
    with pytest_raises(exceptions.BadRequest):  # it is not ready
        genai.GenerativeModel("tunedModels/counts-on").generate_content("7")
    with contextlib.redirect_stderr(io.StringIO()) as shown:
        steps = [metadata.completed_steps for metadata in operation.wait_bar()]
    assert "19/19" in shown.getvalue()
    assert steps == sorted(steps) and steps[-1] <= 19
    metadata = operation.metadata
    assert (metadata.completed_steps, metadata.completed_percent) == (19, 100)
    model = operation.result()
    assert (model.name, model.state.name) == ("tunedModels/counts-on", "ACTIVE")
    snapshots = model.tuning_task.snapshots
    assert [snapshot["step"] for snapshot in snapshots] == list(range(1, 20))
    wished = model.tuning_task.hyperparameters
    assert (wished.epoch_count, wished.batch_size) == (5, 4)
    assert abs(wished.learning_rate - 0.001) < 1e-9
    assert (model.base_model, model.temperature) == (BASE, 0.5)
    assert snapshots[-1]["compute_time"] <= model.tuning_task.complete_time

    tuned = genai.GenerativeModel("tunedModels/counts-on")
    answer = tuned.generate_content("7")
    assert answer.text == "Eight, of course."
    assert answer.candidates[0].finish_reason.name == "STOP"
    assert answer.usage_metadata.total_token_count > 0
    chunks = list(tuned.generate_content("7", stream=True))
    assert len(chunks) > 1
    assert "".join(chunk.text for chunk in chunks) == "Eight, of course."

    assert [item.name for item in genai.list_tuned_models()] == ["tunedModels/counts-on"]
    changed = genai.update_tuned_model(
        "tunedModels/counts-on", {"description": "counts well", "display_name": "counter"})
    assert (changed.description, changed.display_name) == ("counts well", "counter")
    assert genai.get_tuned_model("tunedModels/counts-on").description == "counts well"

    permissions = genai.types.Permissions(genai.get_tuned_model("tunedModels/counts-on"))
    made = permissions.create("READER", "USER", "ada@example.com")
    everyone = permissions.create("READER", "EVERYONE")
    listed = {item.name: item.role.name for item in permissions.list()}
    assert listed.pop(made.name) == "READER" and listed.pop(everyone.name) == "READER"
    assert list(listed.values()) == ["OWNER"]
    assert made.update({"role": permission_types.Role.WRITER}).role.name == "WRITER"
    assert permission_types.Permission.get(made.name).role.name == "WRITER"
    with pytest_raises(exceptions.Conflict):
        permissions.create("READER", "USER", "ada@example.com")
    everyone.delete()
    permissions.transfer_ownership("ada@example.com")
    roles = {item.email_address: item.role.name for item in permissions.list()}
    assert roles["ada@example.com"] == "OWNER" and "WRITER" in roles.values()

    genai.delete_tuned_model("tunedModels/counts-on")
    with pytest_raises(exceptions.NotFound):
        genai.get_tuned_model("tunedModels/counts-on")
    assert list(genai.list_tuned_models()) == []


def failure() -> None:
    """Tuning that ends in FAILED is an exception of the operation."""
    operation = begin("never")
    with pytest_raises(exceptions.GoogleAPICallError) as caught:
        operation.result()
    assert "The data are odd." in str(caught.error)
    assert genai.get_tuned_model("tunedModels/never").state.name == "FAILED"


def mistakes() -> None:
    """What is refused, in the classes of google.api_core."""
    begin("taken")
    with pytest_raises(exceptions.Conflict):
        begin("taken")
    with pytest_raises(exceptions.BadRequest):
        begin("Not An Id")
    with pytest_raises(exceptions.BadRequest):
        genai.create_tuned_model(source_model=BASE, training_data=[], id="empty")
    with pytest_raises(exceptions.NotFound):
        genai.get_tuned_model("tunedModels/nobody")
    with pytest_raises(exceptions.NotFound):
        genai.GenerativeModel("tunedModels/nobody").generate_content("7")


def pages() -> None:
    """Lists come in pages of the size that is asked for."""
    for number in range(5):
        begin(f"model-{number}")
    names = [item.name for item in genai.list_tuned_models(page_size=2)]
    assert names == [f"tunedModels/model-{number}" for number in range(5)]
    assert "models/gemini-2.5-flash" in [item.name for item in genai.list_models(page_size=3)]


class pytest_raises(contextlib.AbstractContextManager):
    """This interpreter has no pytest."""

    def __init__(self, kind: type[Exception]) -> None:
        self.kind = kind

    def __exit__(self, kind, error, traceback) -> bool:
        assert kind is not None, f"no {self.kind.__name__}"
        self.error = error
        return issubclass(kind, self.kind)


if __name__ == "__main__":
    genai.configure(api_key="k", transport="rest", client_options={"api_endpoint": sys.argv[2]})
    globals()[sys.argv[1]]()
    print("ok", sys.argv[1])
