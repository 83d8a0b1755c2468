// What is asked of Cerbos: whether interactions may be recorded, with all that it needs in the request. Usage: client.mjs PORT.
import { GRPC } from '@cerbos/grpc';
import { serve } from './caller.mjs';

const cerbos = new GRPC(`127.0.0.1:${process.argv[2]}`, { tls: false });
const consents = ['granted', 'denied', 'unset'];
const countries = ['FR', 'IT', 'BE', 'CH'];
const any = (list) => list[Math.floor(Math.random() * list.length)];

function interaction(number) {
  const attr = { consent: any(consents), country: any(countries), created: Math.random() < 0.5 ? 20260101 : 20260601 };
  return { resource: { kind: 'interaction', id: String(number), attr }, actions: ['record'] };
}

// The same rule once more, so that a wrong answer is an error and not a figure.
function allowed({ consent, country, created }) {
  return consent === 'granted' || (consent === 'unset' && !(['FR', 'IT'].includes(country) && created >= 20260414));
}

async function decide(items) {
  const resources = Array.from({ length: items }, (_, number) => interaction(number));
  const answer = await cerbos.checkResources({ principal: { id: 'service', roles: ['service'] }, resources });
  for (const { resource } of resources) {
    if (answer.isAllowed({ resource, action: 'record' }) !== allowed(resource.attr)) throw new Error('a wrong decision');
  }
  return items;
}

serve({ decision: (order) => decide(order.items) });
