// What a file to import is sent as, whatever it is: its form is told by its bytes.

export const IMPORT_MEDIA_TYPE = 'application/x-plumbline-table';
