// Lock-freedom: what the finding not_lock_free means. For scenarios that demand it, and for whoever changes
// engine_lock_free.cpp.
//
// A set of operations is lock-free if, whenever threads that are in one of them take enough steps, one of the
// operations is finished, whatever other threads do or fail to do (Herlihy and Shavit, The Art of
// Multiprocessor Programming, ch. 3.7; Herlihy and Wing 1990 for the operations). A scenario marks operations
// with LockFreeScope. At any of its steps a thread inside one may be stopped, a choice like others with a
// budget (Adversity::stopped_threads, "x" in a schedule). From then on threads inside operations run alone,
// among each other as the strategy likes, as long as there are any. It is a finding if
//
// - they take Options::steps_max steps without finishing one operation, or
// - one of them is blocked (on a mutex, say) and no other thread can go on.
//
// Otherwise, when all others have ended or wait, outside of operations, for what only a stopped thread can
// bring about, the stopped thread goes on; so every execution still ends, and its outcome counts.
//
// What this does not show: that an operation is wait-free, or that one which never stops others is finished
// itself. malloc counts as lock-free.
#pragma once
