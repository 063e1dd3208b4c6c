// How the program ends once everything is closed. The threads of chDB run until the process is gone, and now
// and then one trips over what the C++ runtime takes down at exit (chdb-io/chdb-core, issues 177 and 181): a
// clean stop would end with a segmentation fault, and whoever supervises the process would see a crash.

/** Ends the process with exit code 0. Nothing may be left to write. */
export function leave(): never {
  // Another program in place of this one: nothing is taken down, everything is gone at once.
  if (process.execve && process.platform !== 'win32') process.execve('/bin/sh', ['sh', '-c', ':']);
  process.exit(0);
}
