import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkOf, readIdNumber } from './id-number.ts';
import { mask, readChange, readField } from './identity.ts';

const TODAY_MS = Date.UTC(2026, 10, 27);

describe('ID numbers', () => {
  test.each([
    ['11010519491231002X', '11010519491231002X'],
    ['11010519491231002x', '11010519491231002X'],
    [' 1101 0519 4912 3100 2X ', '11010519491231002X'],
    ['１１０１０５１９４９１２３１００２Ｘ', '11010519491231002X'],
    ['440524188001010014', '440524188001010014'],
    ['511702199001011231', '511702199001011231'],
    ['51172219851231004X', '51172219851231004X'],
    ['310101197602290014', '310101197602290014'],
  ])('%s is one', (given, idNumber) => {
    expect(readIdNumber(given, TODAY_MS)).toEqual({ kind: 'ok', idNumber });
  });

  test.each([
    ['110105194912310021', 'check'],
    ['51170219900101123', 'length'],
    ['5117021990010112311', 'length'],
    ['511702900101123', 'length'],
    ['5117021990O1011231', 'characters'],
    ['X11702199001011231', 'characters'],
    ['310101197702290014', 'birthday'],
    ['310101197613010014', 'birthday'],
    ['310101187912310014', 'birthday'],
    ['310101202611290014', 'birthday'],
  ])('%s is none: %s', (given, fault) => {
    expect(readIdNumber(given, TODAY_MS)).toEqual({ kind: 'wrong', fault });
  });

  test('one wrong digit and two neighbours exchanged are noticed', () => {
    const digits = fc.tuple(
      fc.integer({ min: 110_101, max: 819_999 }),
      fc.integer({ min: 0, max: 999 }),
    );
    fc.assert(
      fc.property(
        digits,
        fc.nat(17),
        fc.integer({ min: 1, max: 9 }),
        ([area, sequence], at, step) => {
          const first = `${area}19850615${String(sequence).padStart(3, '0')}`;
          const idNumber = first + checkOf(first);
          expect(readIdNumber(idNumber, TODAY_MS).kind).toBe('ok');
          const digit = (Number(idNumber[at]?.replace('X', '0')) + step) % 10;
          const slip = idNumber.slice(0, at) + digit + idNumber.slice(at + 1);
          if (slip !== idNumber) expect(readIdNumber(slip, TODAY_MS).kind).toBe('wrong');
          const [a = '', b = ''] = idNumber.slice(at, at + 2);
          const exchanged = idNumber.slice(0, at) + b + a + idNumber.slice(at + 2);
          if (exchanged !== idNumber) expect(readIdNumber(exchanged, TODAY_MS).kind).toBe('wrong');
        },
      ),
    );
  });
});

test.each([
  ['138 1234-5678', '13812345678'],
  ['+86 138 1234 5678', '13812345678'],
  ['008613812345678', '13812345678'],
  ['８６１３８１２３４５６７８', '13812345678'],
  ['(0818) 2123456', '08182123456'],
])('the phone %s is kept as %s', (given, value) => {
  expect(readField('phone', given, TODAY_MS)).toEqual({ kind: 'ok', value });
});

test('names are kept in one form of Unicode', () => {
  expect(readField('name', ' Jose\u0301 ', TODAY_MS)).toEqual({ kind: 'ok', value: 'Jos\u00e9' });
});

test('everything that is wrong is said at once, in both languages and without the values', () => {
  const change = {
    name: ' ',
    'id-number': '110105194912310021',
    phone: '12ab',
    address: 'x'.repeat(301),
  };
  expect(() => readChange(change, TODAY_MS)).toThrow(
    expect.objectContaining({
      code: 'bad-input',
      says: {
        zh: '姓名有误：不能为空；身份证号码有误：校验码不符，请核对是否录错；电话号码有误：应为 7 至 15 位数字，可带区号；住址有误：不能超过 300 个字',
        en: 'name: it is empty; ID number: the check character does not fit; look for a slip; phone number: it must be 7 to 15 digits; address: over 300 characters',
      },
      detail: undefined,
    }) as Error,
  );
});

test.each([
  ['name', '王小明', '王*明'],
  ['name', '王明', '王*'],
  ['name', '欧阳小明', '欧**明'],
  ['name', '王', '王*'],
  ['name', '𠮷田明', '𠮷*明'],
  ['id-number', '513001199001011234', '5130**********1234'],
  ['phone', '13812341234', '138****1234'],
  ['phone', '2123456', '*****56'],
  ['address', '四川省达州市宣汉县演示镇解放路12号', '四川省达州市宣汉县****'],
  ['address', '演示路12号', '演示****'],
  ['face', 'faces/1.jpg', '****'],
] as const)('%s %s is shown as %s', (field, value, shown) => {
  expect(mask(field, value)).toBe(shown);
});
