"""The HTML report in a real browser: drawn, clicked, played, on a phone and on a desk."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser
from conftest import BINARY, ROOT

CLIENTS = Path(__file__).parent / "clients"
# Where to leave pictures for a person to look at.
PICTURES = os.environ.get("MOCKGEM_PICTURES")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


def report(folder: Path, state: Path, scenario: str, *command: str) -> Path:
    file = folder / "report.html"
    subprocess.run(
        [BINARY, "run", ROOT / "scenarios" / scenario, "--report", f"html={file}", "--",
         sys.executable, CLIENTS / command[0], *command[1:]],
        env={**os.environ, "XDG_STATE_HOME": str(state)}, capture_output=True, timeout=50)
    return file


@pytest.fixture(scope="module")
def weather(tmp_path_factory: pytest.TempPathFactory, state: Path) -> Path:
    return report(tmp_path_factory.mktemp("weather"), state, "weather.yaml", "openai_voice.py")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, state: Path) -> Path:
    return report(tmp_path_factory.mktemp("many"), state, "hello.yaml", "crowd.py", "200")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)], ids=["phone", "desk"])
def test_the_report_fits_the_screen_in_both_colours(
    browser: Browser, weather: Path, width: int, height: int, scheme: str,
) -> None:
    browser.look(width, height, scheme)
    browser.open(weather)
    assert browser.evaluate("document.documentElement.dataset.ready") == "true"
    assert browser.complaints == []
    assert browser.requests == [weather.as_uri()]
    # Nothing sticks out sideways; only a time line scrolls.
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ink, page = browser.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert (brightness(page) > brightness(ink)) == (scheme == "light")
    assert browser.evaluate("document.querySelectorAll('svg').length") == 1
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        browser.screenshot(Path(PICTURES) / f"{scheme}-{width}.png")


def brightness(color: str) -> int:
    return sum(int(part) for part in color[4:-1].split(",")[:3])


def test_both_sides_are_drawn_with_their_audio_and_the_steps(
    browser: Browser, weather: Path,
) -> None:
    browser.look(1440, 900, "light")
    browser.open(weather)
    waves = browser.evaluate(
        "[...document.querySelectorAll('svg polygon')].map(wave => wave.getAttribute('class'))")
    assert sorted(waves) == ["wave client", "wave server"]
    text = browser.evaluate("document.querySelector('svg').textContent")
    for words in ("client", "server", "await: user", "call: get_weather", "✓ met", "say"):
        assert words in text


def test_a_click_shows_the_json(browser: Browser, weather: Path) -> None:
    browser.open(weather)
    assert browser.evaluate("document.getElementById('detail').hidden")
    browser.evaluate(
        "[...document.querySelectorAll('.events button')]"
        ".find(row => row.textContent.includes('session.updated')).click()")
    shown = browser.evaluate("document.querySelector('#detail pre').textContent")
    assert '"type": "session.updated"' in shown
    browser.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))")
    assert browser.evaluate("document.getElementById('detail').hidden")
    browser.evaluate(
        "document.querySelector('svg rect.mark').dispatchEvent(new MouseEvent('click'))")
    assert '"open"' in browser.evaluate("document.querySelector('#detail pre').textContent")


def test_audio_can_be_played(browser: Browser, weather: Path) -> None:
    browser.open(weather)
    browser.evaluate("""
        window.played = [];
        const start = AudioBufferSourceNode.prototype.start;
        AudioBufferSourceNode.prototype.start = function () {
            played.push([this.buffer.sampleRate, this.buffer.duration]);
            return start.call(this);
        };
        document.querySelector('.play.client').dispatchEvent(new MouseEvent('click'));
    """)
    [[rate, seconds]] = browser.evaluate("played")
    assert rate == 24000
    assert seconds > 2
    assert browser.evaluate("document.querySelectorAll('svg .head').length") == 1


def test_two_hundred_connections_stay_usable(browser: Browser, many: Path) -> None:
    browser.look(1440, 900, "light")
    browser.open(many)
    assert browser.complaints == []
    assert browser.evaluate("document.querySelectorAll('.connection').length") == 200
    # Only what is looked at is drawn.
    assert browser.evaluate("document.querySelectorAll('svg').length") <= 3
    interactive = browser.evaluate(
        "performance.getEntriesByType('navigation')[0].domInteractive")
    drawn = browser.evaluate(
        "performance.getEntriesByType('navigation')[0].loadEventEnd")
    print(f"interactive after {interactive:.0f} ms, drawn after {drawn:.0f} ms")
    browser.evaluate("[...document.querySelectorAll('.connection')].at(-1).open = true")
    browser.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert browser.evaluate(
        "[...document.querySelectorAll('.connection')].at(-1).querySelectorAll('svg').length") == 1
