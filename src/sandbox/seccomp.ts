import { endianness } from 'node:os'

/**
 * A seccomp filter as a BPF program, for `bwrap --seccomp FD`: everything is allowed but system calls that no web
 * app needs and that have led out of sandboxes. `clone3` answers "not there", so that libc falls back to `clone`,
 * whose flags can be looked at.
 */
export const buildSeccompFilter = (arch: string = process.arch): Buffer => {
  const table = ARCHITECTURES[arch]
  if (!table) throw new Error(`There is no seccomp filter for ${arch}.`)
  const program = [
    load(OFFSET_ARCH),
    jumpIfEqual(table.audit, 1, 0),
    answer(KILL),
    load(OFFSET_NUMBER),
    // x32 system calls of x86_64 have this bit.
    ...(arch === 'x64' ? [jumpIfAtLeast(0x4000_0000, 0, 1), answer(errno(ENOSYS))] : []),
    jumpIfEqual(table.clone3, 0, 1),
    answer(errno(ENOSYS)),
    ...table.denied.flatMap((number) => [jumpIfEqual(number, 0, 1), answer(errno(EPERM))]),
    // ioctl TIOCSTI types into a terminal.
    jumpIfEqual(table.ioctl, 0, 4),
    load(OFFSET_ARGUMENT_1),
    jumpIfEqual(TIOCSTI, 0, 1),
    answer(errno(EPERM)),
    answer(ALLOW),
    // clone with a flag that makes a namespace.
    jumpIfEqual(table.clone, 0, 3),
    load(OFFSET_ARGUMENT_0),
    jumpIfAnyBit(NAMESPACE_FLAGS, 0, 1),
    answer(errno(EPERM)),
    answer(ALLOW),
  ]
  return Buffer.concat(program)
}

type Architecture = {
  audit: number
  clone: number
  clone3: number
  ioctl: number
  denied: number[]
}

/** Numbers by architecture, in this order: see NAMES below. */
const NAMES =
  'ptrace process_vm_readv process_vm_writev mount umount2 pivot_root move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr keyctl add_key request_key unshare setns bpf userfaultfd perf_event_open io_uring_setup io_uring_enter io_uring_register kexec_load kexec_file_load open_by_handle_at name_to_handle_at init_module finit_module delete_module swapon swapoff pidfd_getfd acct quotactl syslog reboot'
/** linux/arch/x86/entry/syscalls/syscall_64.tbl */
const X64 = [
  101, 310, 311, 165, 166, 155, 429, 428, 430, 432, 431, 433, 442, 250, 248, 249, 272, 308, 321,
  323, 298, 425, 426, 427, 246, 320, 304, 303, 175, 313, 176, 167, 168, 438, 163, 179, 103, 169,
]
/** include/uapi/asm-generic/unistd.h */
const ARM64 = [
  117, 270, 271, 40, 39, 41, 429, 428, 430, 432, 431, 433, 442, 219, 217, 218, 97, 268, 280, 282,
  241, 425, 426, 427, 104, 294, 265, 264, 105, 273, 106, 224, 225, 438, 89, 60, 116, 142,
]
export const DENIED_NAMES = NAMES.split(' ')

const ARCHITECTURES: Record<string, Architecture> = {
  x64: { audit: 0xc000_003e, clone: 56, clone3: 435, ioctl: 16, denied: X64 },
  arm64: { audit: 0xc000_00b7, clone: 220, clone3: 435, ioctl: 29, denied: ARM64 },
}

const ALLOW = 0x7fff_0000
const KILL = 0x8000_0000
const EPERM = 1
const ENOSYS = 38
const errno = (number: number): number => 0x0005_0000 | number
const TIOCSTI = 0x5412
/** CLONE_NEWTIME is no flag of clone; the others: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NAMESPACE_FLAGS = 0x7e02_0000

/** struct seccomp_data: int nr, u32 arch, u64 instruction pointer, u64 args[6]; the low half of an argument is first. */
const OFFSET_NUMBER = 0
const OFFSET_ARCH = 4
const OFFSET_ARGUMENT_0 = 16
const OFFSET_ARGUMENT_1 = 24

/** struct sock_filter: u16 code, u8 jump if true, u8 jump if false, u32 k */
const instruction = (code: number, k: number, jumps: [number, number] = [0, 0]): Buffer => {
  if (endianness() !== 'LE')
    throw new Error('The seccomp filter is written for little-endian machines.')
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(jumps[0], 2)
  bytes.writeUInt8(jumps[1], 3)
  bytes.writeUInt32LE(k >>> 0, 4)
  return bytes
}
const load = (offset: number): Buffer => instruction(0x20, offset)
const jumpIfEqual = (k: number, yes: number, no: number): Buffer => instruction(0x15, k, [yes, no])
const jumpIfAtLeast = (k: number, yes: number, no: number): Buffer =>
  instruction(0x35, k, [yes, no])
const jumpIfAnyBit = (k: number, yes: number, no: number): Buffer => instruction(0x45, k, [yes, no])
const answer = (k: number): Buffer => instruction(0x06, k)
