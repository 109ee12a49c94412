package softmetal

import "syscall"

func threadID() int { return syscall.Gettid() }
