// What is asked of fides: consents of people whose request is open, and the report of all consents. Usage: client.mjs PORT.
import { ask } from './asking.mjs';
import { serve } from './caller.mjs';

const port = process.argv[2];
// How many rows a page of the report has: the most that fides gives.
const PAGE = 100;
const open = [];
let turn = 0;
let page = 0;
let token = null;

serve({
  // Opens a request for so many people more, by one caller, and answers the first consent of each.
  seed: async (order) => {
    for (let number = open.length; number < order.profiles; number += 1) {
      const person = { identity: { email: `p${number}@example.com` } };
      open.push((await ask(port, 'POST', '/api/v1/consent-request', person)).consent_request_id);
      await consent(open.length - 1);
    }
    return open.length;
  },
  consent: async () => {
    await consent(Math.floor(Math.random() * open.length));
    return 1;
  },
  export: async () => {
    token ??= await signIn();
    page = page * PAGE >= open.length ? 1 : page + 1;
    const headers = { authorization: `Bearer ${token}` };
    const path = `/api/v1/consent-request/preferences?page=${page}&size=${PAGE}`;
    return (await ask(port, 'GET', path, undefined, headers)).items.length;
  },
});

function consent(number) {
  turn += 1;
  const answer = [{ data_use: 'marketing.advertising', opt_in: turn % 2 === 0 }];
  return ask(port, 'PATCH', `/api/v1/consent-request/${open[number]}/preferences`, { consent: answer });
}

async function signIn() {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'peers', client_secret: 'peers-secret' }),
  });
  return (await answer.json()).access_token;
}
