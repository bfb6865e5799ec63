"""prepare.py TARGET [OTHER_PYTHON...]: copies the Python that runs this to TARGET, so that it works wherever that is.

TARGET/base: the interpreter and its library, without what no app runs (tests, Tk, static libraries).
TARGET/site: pip, from the interpreter itself, else as it comes with it, else from another one.
"""

import glob
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "python%d.%d" % sys.version_info[:2]
LIBRARY = getattr(sys, "platlibdir", "lib")
LEFT_OUT = {
    "site-packages",
    "dist-packages",
    "test",
    "tests",
    "idle_test",
    "idlelib",
    "tkinter",
    "turtledemo",
    "EXTERNALLY-MANAGED",
    "sitecustomize.py",
    "usercustomize.py",
}
LEFT_OUT_ENDS = (".a", ".o", ".exe", ".opt-1.pyc", ".opt-2.pyc")


def ignore(_folder, names):
    return [name for name in names if name in LEFT_OUT or name.endswith(LEFT_OUT_ENDS)]


def copy_tree(source, target):
    if os.path.isdir(source):
        shutil.copytree(source, target, symlinks=False, ignore=ignore, ignore_dangling_symlinks=True)


def copy_interpreter(base):
    program = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    os.makedirs(os.path.join(base, "bin"))
    target = os.path.join(base, "bin", NAME)
    shutil.copy2(program, target)
    copy_tree(sysconfig.get_path("stdlib"), os.path.join(base, LIBRARY, NAME))
    copy_tree(sysconfig.get_path("include"), os.path.join(base, "include", NAME))
    if sysconfig.get_config_var("Py_ENABLE_SHARED"):
        copy_shared_library(base, target)
    return target


def copy_shared_library(base, program):
    """The library goes beside the program, which is told so where it now names the folder it was built for."""
    folder = sysconfig.get_config_var("LIBDIR")
    library = os.path.join(folder, sysconfig.get_config_var("INSTSONAME"))
    if not os.path.exists(library):
        return  # found by the loader in the system's own folders
    os.makedirs(os.path.join(base, "lib"), exist_ok=True)
    shutil.copy2(library, os.path.join(base, "lib"))
    old, new = os.fsencode(folder) + b"\0", b"$ORIGIN/../lib\0"
    with open(program, "rb") as file:
        code = file.read()
    if old in code:
        if len(new) > len(old):
            sys.exit("Its program cannot be told where its library is.")
        with open(program, "wb") as file:
            file.write(code.replace(old, new.ljust(len(old), b"\0")))


def copy_pip(site, others):
    os.makedirs(site)
    if copy_package(own_pip(), site) or unpack_wheel(site):
        return
    for other in others:
        found = subprocess.run([other, "-I", "-c", "import pip; print(pip.__path__[0])"], stdout=subprocess.PIPE)
        if found.returncode == 0 and copy_package(found.stdout.decode().strip(), site):
            return
    sys.exit("It has no pip. On Debian or Ubuntu: apt-get install python3-pip")


def own_pip():
    try:
        import pip
    except ImportError:
        return ""
    return pip.__path__[0]


def copy_package(package, site):
    if not package:
        return False
    copy_tree(package, os.path.join(site, "pip"))
    for info in glob.glob(os.path.join(os.path.dirname(package), "pip-*.dist-info")):
        copy_tree(info, os.path.join(site, os.path.basename(info)))
    return True


def unpack_wheel(site):
    folders = [os.path.join(sysconfig.get_path("stdlib"), "ensurepip", "_bundled"), "/usr/share/python-wheels"]
    for folder in folders:
        for wheel in sorted(glob.glob(os.path.join(folder, "pip-*.whl"))):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(site)
            return True
    return False


def main(target, *others):
    base = os.path.join(target, "base")
    program = copy_interpreter(base)
    copy_pip(os.path.join(target, "site"), others)
    for folder in ("base", "site"):
        bytecode = [program, "-I", "-S", os.path.join(HERE, "bytecode.py"), os.path.join(target, folder)]
        subprocess.run(bytecode, check=True)


main(*sys.argv[1:])
