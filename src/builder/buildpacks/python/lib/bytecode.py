"""bytecode.py FOLDER: gives every module below FOLDER bytecode that holds whatever the times of its files are.

Files of a slug do not keep their times, by which Python usually knows whether bytecode is that of its source. So it is
marked as the source's for good (PEP 552, unchecked): in a slug neither changes. Bytecode with a time that the compiler
wrote is kept and marked; what is missing is compiled, in as many processes as there are processors.
"""

import importlib.util
import os
import py_compile
import sys

UNCHECKED = (1).to_bytes(4, "little")
MAGIC = importlib.util.MAGIC_NUMBER


def modules(folder):
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.join(parent, name)


def mark(source, cached):
    """True if there was bytecode of this Python to mark."""
    try:
        with open(cached, "rb") as file:
            code = file.read()
    except OSError:
        return False
    if code[:4] != MAGIC or len(code) <= 16:
        return False
    with open(source, "rb") as file:
        header = MAGIC + UNCHECKED + importlib.util.source_hash(file.read())
    if code[:16] != header:
        with open(cached, "wb") as file:
            file.write(header + code[16:])
    return True


def settle(source):
    try:
        cached = importlib.util.cache_from_source(source)
        if not mark(source, cached):
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            py_compile.compile(source, doraise=True, invalidation_mode=mode)
    except Exception:
        pass  # some packages bring modules that are for another Python


def main(folder):
    sources = list(modules(folder))
    count = max(1, min(len(os.sched_getaffinity(0)), 8))
    workers = []
    for number in range(count):
        pid = os.fork()
        if pid == 0:
            for source in sources[number::count]:
                settle(source)
            os._exit(0)
        workers.append(pid)
    for pid in workers:
        os.waitpid(pid, 0)


if __name__ == "__main__" and sys.version_info >= (3, 7):
    main(sys.argv[1])
