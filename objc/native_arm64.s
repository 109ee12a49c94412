//go:build (darwin && !ios) || (tqmetal_abi && linux)

#include "textflag.h"

GLOBL ·callRegisters(SB), NOPTR|RODATA, $8
DATA ·callRegisters(SB)/8, $callregisters<>(SB)

// callregisters is a C function: void callregisters(struct registers *r).
//
// struct registers is Go's Registers: x[8] at 0, x8 at 64, d[4] at 72, fn at
// 104. It is entered on the system stack, never by Go code. R19 holds r over
// the call, as C callees keep it, and is given back to the caller. R18 belongs
// to the platform and is not touched. R29 points to a proper frame record, so
// that debuggers and crash reports can walk through.
TEXT callregisters<>(SB), NOSPLIT|NOFRAME, $0-0
	SUB   $32, RSP
	STP   (R29, R30), 0(RSP)
	MOVD  R19, 16(RSP)
	MOVD  RSP, R29
	MOVD  R0, R19
	MOVD  104(R19), R9
	FMOVD 72(R19), F0
	FMOVD 80(R19), F1
	FMOVD 88(R19), F2
	FMOVD 96(R19), F3
	LDP   0(R19), (R0, R1)
	LDP   16(R19), (R2, R3)
	LDP   32(R19), (R4, R5)
	LDP   48(R19), (R6, R7)
	MOVD  64(R19), R8
	BL    (R9)
	STP   (R0, R1), 0(R19)
	FMOVD F0, 72(R19)
	FMOVD F1, 80(R19)
	FMOVD F2, 88(R19)
	FMOVD F3, 96(R19)
	MOVD  16(RSP), R19
	LDP   0(RSP), (R29, R30)
	ADD   $32, RSP
	MOVD  ZR, R0
	RET

GLOBL ·sendList(SB), NOPTR|RODATA, $8
DATA ·sendList(SB)/8, $sendlist<>(SB)

// sendlist is a C function: void sendlist(struct list_head *h).
//
// struct list_head is Go's listHead: fn at 0, next at 8, left at 16, which is at
// least 1. An entry is x0 to x7. R19 holds h, R20 next, R21 left, R22 fn.
TEXT sendlist<>(SB), NOSPLIT|NOFRAME, $0-0
	SUB  $48, RSP
	STP  (R29, R30), 0(RSP)
	STP  (R19, R20), 16(RSP)
	STP  (R21, R22), 32(RSP)
	MOVD RSP, R29
	MOVD R0, R19
	LDP  0(R19), (R22, R20)
	MOVD 16(R19), R21
next:
	STP  (R20, R21), 8(R19)
	LDP  0(R20), (R0, R1)
	LDP  16(R20), (R2, R3)
	LDP  32(R20), (R4, R5)
	LDP  48(R20), (R6, R7)
	BL   (R22)
	ADD  $64, R20
	SUBS $1, R21
	BNE  next
	MOVD ZR, 16(R19)
	LDP  16(RSP), (R19, R20)
	LDP  32(RSP), (R21, R22)
	LDP  0(RSP), (R29, R30)
	ADD  $48, RSP
	MOVD ZR, R0
	RET
