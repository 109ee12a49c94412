//go:build tqmetal_abi && linux

#include "textflag.h"

GLOBL ·callFrame(SB), NOPTR|RODATA, $8
DATA ·callFrame(SB)/8, $callframe<>(SB)

// callframe is a C function: void callframe(struct frame *f).
//
// struct frame is Go's frame: fn at 0, ints[6] at 8, stack[10] at 56,
// floats[4] at 136, rax and rdx at 168. BX holds f over the call, as C callees
// keep it, and is given back to the caller.
TEXT callframe<>(SB), NOSPLIT|NOFRAME, $0-0
	PUSHQ BP
	MOVQ  SP, BP
	PUSHQ BX
	SUBQ  $88, SP
	MOVQ  DI, BX
	MOVQ  56(BX), AX
	MOVQ  AX, 0(SP)
	MOVQ  64(BX), AX
	MOVQ  AX, 8(SP)
	MOVQ  72(BX), AX
	MOVQ  AX, 16(SP)
	MOVQ  80(BX), AX
	MOVQ  AX, 24(SP)
	MOVQ  88(BX), AX
	MOVQ  AX, 32(SP)
	MOVQ  96(BX), AX
	MOVQ  AX, 40(SP)
	MOVQ  104(BX), AX
	MOVQ  AX, 48(SP)
	MOVQ  112(BX), AX
	MOVQ  AX, 56(SP)
	MOVQ  120(BX), AX
	MOVQ  AX, 64(SP)
	MOVQ  128(BX), AX
	MOVQ  AX, 72(SP)
	MOVSD 136(BX), X0
	MOVSD 144(BX), X1
	MOVSD 152(BX), X2
	MOVSD 160(BX), X3
	MOVQ  8(BX), DI
	MOVQ  16(BX), SI
	MOVQ  24(BX), DX
	MOVQ  32(BX), CX
	MOVQ  40(BX), R8
	MOVQ  48(BX), R9
	MOVQ  0(BX), R11
	CALL  R11
	MOVQ  AX, 168(BX)
	MOVQ  DX, 176(BX)
	MOVSD X0, 136(BX)
	MOVSD X1, 144(BX)
	ADDQ  $88, SP
	POPQ  BX
	POPQ  BP
	XORL  AX, AX
	RET

GLOBL ·sendList(SB), NOPTR|RODATA, $8
DATA ·sendList(SB)/8, $sendlist<>(SB)

// sendlist is a C function: void sendlist(struct list_head *h).
//
// struct list_head is Go's listHead: fn at 0, next at 8, left at 16, which is at
// least 1. An entry is six registers and six words of the stack. BX holds next,
// R12 h, R13 fn, R14 left. With the return address six words are pushed, and six
// more are taken, for SP is a multiple of 16 at a call. AX, which would count
// floats for a function of variable arguments, is not set: methods have none.
TEXT sendlist<>(SB), NOSPLIT|NOFRAME, $0-0
	PUSHQ BP
	MOVQ  SP, BP
	PUSHQ BX
	PUSHQ R12
	PUSHQ R13
	PUSHQ R14
	SUBQ  $48, SP
	MOVQ  DI, R12
	MOVQ  0(R12), R13
	MOVQ  8(R12), BX
	MOVQ  16(R12), R14
next:
	MOVQ  BX, 8(R12)
	MOVQ  R14, 16(R12)
	MOVOU 48(BX), X0
	MOVOU 64(BX), X1
	MOVOU 80(BX), X2
	MOVOU X0, 0(SP)
	MOVOU X1, 16(SP)
	MOVOU X2, 32(SP)
	MOVQ  0(BX), DI
	MOVQ  8(BX), SI
	MOVQ  16(BX), DX
	MOVQ  24(BX), CX
	MOVQ  32(BX), R8
	MOVQ  40(BX), R9
	CALL  R13
	ADDQ  $96, BX
	DECQ  R14
	JNZ   next
	MOVQ  $0, 16(R12)
	ADDQ  $48, SP
	POPQ  R14
	POPQ  R13
	POPQ  R12
	POPQ  BX
	POPQ  BP
	XORL  AX, AX
	RET
