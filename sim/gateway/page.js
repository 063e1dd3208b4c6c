// The page of the demo gateway: draws what the live feed says, sends what a person presses.

const WORDS = {
  ringing: { zh: '正在响铃', en: 'ringing' },
  answered: { zh: '已接听，按键', en: 'answered, pressed' },
  declined: { zh: '已拒接', en: 'declined' },
  'no-answer': { zh: '无人接听', en: 'not picked up' },
  sent: { zh: '发送中', en: 'on its way' },
  delivered: { zh: '已送达', en: 'delivered' },
  replied: { zh: '已回复', en: 'replied' },
  lost: { zh: '已丢失（不会再有回执）', en: 'lost (no receipt will come)' },
};

const ACTS = {
  ringing: [
    { query: 'act=answer&key=1', zh: '接听并按1', en: 'Answer and press 1' },
    { query: 'act=answer&key=3', zh: '按3转下一人', en: 'Press 3, pass on' },
    { query: 'act=ignore', zh: '不接', en: 'Let it ring' },
    { query: 'act=decline', zh: '拒接', en: 'Decline' },
  ],
  delivered: [{ query: 'act=answer&key=1', zh: '回复1', en: 'Reply 1' }],
};

const EMPTY = {
  calls: { zh: '还没有来电。', en: 'No calls yet.' },
  messages: { zh: '还没有短信。', en: 'No messages yet.' },
};

const LINK = {
  up: { zh: '已连接', en: 'connected' },
  down: { zh: '连接中断，正在重连', en: 'connection lost, trying again' },
};

const byId = (id) => document.getElementById(id);

let language = navigator.language.startsWith('zh') ? 'zh' : 'en';
let picture = { items: [], behaviours: { first: {}, second: {} } };
let provider = 'first';

const PROVIDERS = { first: { zh: '甲', en: 'A' }, second: { zh: '乙', en: 'B' } };
let link = 'down';

const timeOf = (atMs) => new Date(atMs).toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai' });

function drawItem(item) {
  const row = byId('item').content.firstElementChild.cloneNode(true);
  const isOpen = item.state === 'ringing' || item.state === 'delivered';
  row.className = isOpen ? 'open' : item.answer ? 'done' : '';
  row.querySelector('strong').textContent = item.name ? item.name[language] : item.to;
  row.querySelector('.number').textContent = [
    item.name ? item.to : '',
    PROVIDERS[item.provider][language],
  ]
    .filter(Boolean)
    .join(' · ');
  row.querySelector('time').textContent = timeOf(item.takenAtMs);
  row.querySelector('.text').textContent = item.text;
  const word = WORDS[item.state][language];
  row.querySelector('.state').textContent = item.answer ? `${word} ${item.answer}` : word;
  const buttons = (ACTS[item.state] ?? []).map((act, index) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = index === 0 ? 'first' : '';
    button.textContent = act[language];
    button.addEventListener('click', () => post(`/api/items/${item.messageId}?${act.query}`));
    return button;
  });
  row.querySelector('.acts').append(...buttons);
  return row;
}

function drawList(listId, kind) {
  const items = picture.items.filter((item) => item.kind === kind);
  const open = items.filter(({ state }) => state === 'ringing' || state === 'delivered').length;
  const list = byId(listId);
  list.dataset.empty = EMPTY[listId][language];
  list.replaceChildren(...items.map(drawItem));
  byId(`${listId}-open`).textContent = open > 0 ? open : '';
}

function draw() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-zh]')) {
    element.textContent = element.dataset[language];
  }
  document.title = language === 'zh' ? '演示网关' : 'Demo gateway';
  byId('link').textContent = LINK[link][language];
  drawList('calls', 'call');
  drawList('messages', 'message');
  for (const field of byId('behaviour').elements) {
    if (field.id === 'provider') continue;
    const value = picture.behaviours[provider][field.name];
    if (field.type === 'checkbox') field.checked = value === true;
    else if (field !== document.activeElement) field.value = String(value ?? 'off');
  }
}

const post = (path) => fetch(path, { method: 'POST' });

byId('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  draw();
});

byId('behaviour').addEventListener('change', ({ target }) => {
  if (target.id === 'provider') {
    provider = target.value;
    draw();
    return;
  }
  const value = target.type === 'checkbox' ? target.checked : target.value;
  post(`/api/behaviour?provider=${provider}&${target.name}=${value}`);
});

const feed = new EventSource('/api/live');
feed.addEventListener('open', () => {
  link = 'up';
  draw();
});
feed.addEventListener('error', () => {
  link = 'down';
  draw();
});
feed.addEventListener('message', ({ data }) => {
  picture = JSON.parse(data);
  draw();
});
draw();
