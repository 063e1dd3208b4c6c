// How the program ends itself. The threads of chDB run until the process is gone, and with its connections
// still open they trip over what the C++ runtime takes down at exit (chdb-io/chdb-core, issues 177 and 181):
// the exit code would be that of a segmentation fault, whatever the program had to say.

/** Ends the process with this exit code. Nothing may be left to write. */
export function leave(code: number): never {
  // Another program in place of this one: nothing is taken down, everything is gone at once.
  if (process.execve && process.platform !== 'win32') {
    process.execve('/bin/sh', ['sh', '-c', `exit ${code}`]);
  }
  process.exit(code);
}
