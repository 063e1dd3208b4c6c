// A running product holds its warehouse: whoever wants a backup now asks it to make one.

/** The cursor that says so: `full` or `due`, empty once it was made. */
export const BACKUP_ASKED = 'backup.asked';
