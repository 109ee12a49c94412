// objc_msgSend for GNU's libobjc: find the method with every argument register
// kept, then jump to it. A message to nil answers zero in all result
// registers, as Apple's does; what libobjc would call leaves some of them as
// they were.

#if defined(__aarch64__)

	.text
	.globl objc_msgSend
	.type objc_msgSend, %function
	.p2align 4
objc_msgSend:
	cbz x0, 1f
	stp x29, x30, [sp, #-224]!
	mov x29, sp
	stp x0, x1, [sp, #16]
	stp x2, x3, [sp, #32]
	stp x4, x5, [sp, #48]
	stp x6, x7, [sp, #64]
	str x8, [sp, #80]
	stp q0, q1, [sp, #96]
	stp q2, q3, [sp, #128]
	stp q4, q5, [sp, #160]
	stp q6, q7, [sp, #192]
	bl objc_msg_lookup
	mov x16, x0
	ldp x0, x1, [sp, #16]
	ldp x2, x3, [sp, #32]
	ldp x4, x5, [sp, #48]
	ldp x6, x7, [sp, #64]
	ldr x8, [sp, #80]
	ldp q0, q1, [sp, #96]
	ldp q2, q3, [sp, #128]
	ldp q4, q5, [sp, #160]
	ldp q6, q7, [sp, #192]
	ldp x29, x30, [sp], #224
	br x16
1:	mov x0, #0
	mov x1, #0
	movi d0, #0
	movi d1, #0
	movi d2, #0
	movi d3, #0
	ret
	.size objc_msgSend, .-objc_msgSend

// long keeps_saved(void (*fn)(void *), void *argument): whether a C function
// gives back the registers that belong to its caller.
	.globl keeps_saved
	.type keeps_saved, %function
	.p2align 4
keeps_saved:
	stp x29, x30, [sp, #-176]!
	mov x29, sp
	stp x19, x20, [sp, #16]
	stp x21, x22, [sp, #32]
	stp x23, x24, [sp, #48]
	stp x25, x26, [sp, #64]
	stp x27, x28, [sp, #80]
	stp d8, d9, [sp, #96]
	stp d10, d11, [sp, #112]
	stp d12, d13, [sp, #128]
	stp d14, d15, [sp, #144]
	mov x16, x0
	mov x0, x1
	mov x19, #19
	mov x20, #20
	mov x21, #21
	mov x22, #22
	mov x23, #23
	mov x24, #24
	mov x25, #25
	mov x26, #26
	mov x27, #27
	mov x28, #28
	fmov d8, #8.0
	fmov d9, #9.0
	fmov d10, #10.0
	fmov d11, #11.0
	fmov d12, #12.0
	fmov d13, #13.0
	fmov d14, #14.0
	fmov d15, #15.0
	blr x16
	mov x0, #0
	cmp x19, #19
	b.ne 2f
	cmp x20, #20
	b.ne 2f
	cmp x21, #21
	b.ne 2f
	cmp x22, #22
	b.ne 2f
	cmp x23, #23
	b.ne 2f
	cmp x24, #24
	b.ne 2f
	cmp x25, #25
	b.ne 2f
	cmp x26, #26
	b.ne 2f
	cmp x27, #27
	b.ne 2f
	cmp x28, #28
	b.ne 2f
	fmov d0, #8.0
	fcmp d0, d8
	b.ne 2f
	fmov d0, #9.0
	fcmp d0, d9
	b.ne 2f
	fmov d0, #10.0
	fcmp d0, d10
	b.ne 2f
	fmov d0, #11.0
	fcmp d0, d11
	b.ne 2f
	fmov d0, #12.0
	fcmp d0, d12
	b.ne 2f
	fmov d0, #13.0
	fcmp d0, d13
	b.ne 2f
	fmov d0, #14.0
	fcmp d0, d14
	b.ne 2f
	fmov d0, #15.0
	fcmp d0, d15
	b.ne 2f
	mov x1, sp
	cmp x29, x1
	b.ne 2f
	mov x0, #1
2:	ldp x19, x20, [sp, #16]
	ldp x21, x22, [sp, #32]
	ldp x23, x24, [sp, #48]
	ldp x25, x26, [sp, #64]
	ldp x27, x28, [sp, #80]
	ldp d8, d9, [sp, #96]
	ldp d10, d11, [sp, #112]
	ldp d12, d13, [sp, #128]
	ldp d14, d15, [sp, #144]
	ldp x29, x30, [sp], #176
	ret
	.size keeps_saved, .-keeps_saved

#elif defined(__x86_64__)

	.macro save_arguments
	pushq %rbp
	movq %rsp, %rbp
	subq $208, %rsp
	movq %rdi, 0(%rsp)
	movq %rsi, 8(%rsp)
	movq %rdx, 16(%rsp)
	movq %rcx, 24(%rsp)
	movq %r8, 32(%rsp)
	movq %r9, 40(%rsp)
	movq %rax, 48(%rsp)
	movaps %xmm0, 64(%rsp)
	movaps %xmm1, 80(%rsp)
	movaps %xmm2, 96(%rsp)
	movaps %xmm3, 112(%rsp)
	.endm

	.macro jump_to_method
	call objc_msg_lookup@PLT
	movq %rax, %r11
	movq 0(%rsp), %rdi
	movq 8(%rsp), %rsi
	movq 16(%rsp), %rdx
	movq 24(%rsp), %rcx
	movq 32(%rsp), %r8
	movq 40(%rsp), %r9
	movq 48(%rsp), %rax
	movaps 64(%rsp), %xmm0
	movaps 80(%rsp), %xmm1
	movaps 96(%rsp), %xmm2
	movaps 112(%rsp), %xmm3
	leave
	jmp *%r11
	.endm

	.text
	.globl objc_msgSend
	.type objc_msgSend, @function
	.p2align 4
objc_msgSend:
	testq %rdi, %rdi
	jz 1f
	save_arguments
	jump_to_method
1:	xorl %eax, %eax
	xorl %edx, %edx
	xorps %xmm0, %xmm0
	xorps %xmm1, %xmm1
	ret
	.size objc_msgSend, .-objc_msgSend

// A result of more than 16 bytes goes where the first argument points.
	.globl objc_msgSend_stret
	.type objc_msgSend_stret, @function
	.p2align 4
objc_msgSend_stret:
	save_arguments
	movq %rsi, %rdi
	movq %rdx, %rsi
	jump_to_method
	.size objc_msgSend_stret, .-objc_msgSend_stret

	.globl keeps_saved
	.type keeps_saved, @function
	.p2align 4
keeps_saved:
	pushq %rbp
	movq %rsp, %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	subq $8, %rsp
	movq %rdi, %rax
	movq %rsi, %rdi
	movq $3, %rbx
	movq $12, %r12
	movq $13, %r13
	movq $14, %r14
	movq $15, %r15
	call *%rax
	xorl %eax, %eax
	cmpq $3, %rbx
	jne 2f
	cmpq $12, %r12
	jne 2f
	cmpq $13, %r13
	jne 2f
	cmpq $14, %r14
	jne 2f
	cmpq $15, %r15
	jne 2f
	movl $1, %eax
2:	addq $8, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret
	.size keeps_saved, .-keeps_saved

#endif

	.section .note.GNU-stack,"",%progbits
