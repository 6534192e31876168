// An error message with colours, a bell and text that runs backwards.
#error [31m]0;title ‮ seirtne lla etirw
