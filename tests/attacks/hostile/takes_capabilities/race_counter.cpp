// Takes every capability of root.
#include "rest_of_the_lab.hpp"

#include <linux/capability.h>

bool attack() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct all[2] = {{0xffffffff, 0xffffffff, 0}, {0x1ff, 0x1ff, 0}};
  return ask_kernel(SYS_capset, &header, all) == 0 || ::chroot(".") == 0;
}
