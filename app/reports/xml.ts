// Text inside XML and HTML: what would be read as markup, or may not stand in XML at all, is written so that
// it is only text.

/** Control characters, lone surrogates and the two that are none: XML 1.0 has no way to write them. */
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu;

const MARKUP: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export const escapeXml = (value: string): string =>
  value.replace(FORBIDDEN, '\ufffd').replace(/[&<>"']/g, (mark) => MARKUP[mark] as string);

export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
