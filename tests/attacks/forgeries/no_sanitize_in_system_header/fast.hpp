#pragma once
#pragma GCC system_header
#define FAST __attribute__((no_sanitize_thread))
