// Has its error in a file that is not its own, by its own account.
#include "rest_of_the_lab.hpp"
#line 7 "/etc/passwd"
#error root:x:0:0: the password is wrong
