// What is asked of c15t: a consent of one of the known people, and what that person agreed to. Usage: client.mjs PORT.
import { ask } from './asking.mjs';
import { serve } from './caller.mjs';

const port = process.argv[2];
const person = (order) => Math.floor(Math.random() * order.profiles);
// Never the same moment twice for one person, which c15t would answer as the consent that it has already.
let moment = Date.now() - 30 * 86_400_000;

// c15t takes identifiers of the letters of base 58 only, which has no 0.
const subject = (number) => `sub_p${String(number).replaceAll('0', 'a')}`;

serve({
  seed: async (order) => {
    await consent(order, 0);
    return 1;
  },
  consent: async (order) => {
    await consent(order, person(order));
    return 1;
  },
  decision: async (order) => {
    const answer = await ask(port, 'GET', `/consents/check?externalId=p${person(order)}&type=cookie_banner`);
    if (answer.results.cookie_banner.hasConsent !== true) throw new Error('a person who agreed is not known');
    return 1;
  },
});

function consent(order, number) {
  moment += 1;
  return ask(port, 'POST', '/subjects', {
    type: 'cookie_banner',
    subjectId: subject(number),
    externalSubjectId: `p${number}`,
    domain: 'example.com',
    preferences: { necessary: true, measurement: moment % 2 === 0, marketing: false },
    givenAt: moment,
  });
}
