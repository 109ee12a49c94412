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
