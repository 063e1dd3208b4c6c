// Tells zod, before it is loaded, not to try whether it may compile code: the content security policy
// forbids that, and every page would begin with a violation in the console. Imported first of all.

(globalThis as { __zod_globalConfig?: { jitless: boolean } }).__zod_globalConfig = {
  jitless: true,
};
