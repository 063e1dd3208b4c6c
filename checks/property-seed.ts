// Property tests draw their cases from one seed, so that the same code gives the same result everywhere.
// `PLUMBLINE_SEED=<whole number>` draws others: worth an hour of a machine after a change to a state machine.

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['PLUMBLINE_SEED'] ?? 20_261_127) });
