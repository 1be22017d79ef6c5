#include <libfyaml.h>

// A log function is variadic in spirit (va_list), which Swift cannot write as a literal.
static inline void mockgem_yaml_silence(
  struct fy_diag *diag, void *user, const char *text, size_t length
) {
  (void)diag; (void)user; (void)text; (void)length;
}

// Collects errors instead of printing them.
static inline struct fy_diag *mockgem_yaml_diag_create(void) {
  struct fy_diag_cfg config;
  fy_diag_cfg_default(&config);
  config.fp = NULL;
  config.output_fn = mockgem_yaml_silence;
  struct fy_diag *diag = fy_diag_create(&config);
  if (diag) fy_diag_set_collect_errors(diag, true);
  return diag;
}
