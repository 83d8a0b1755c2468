// c15t with its Kysely adapter on PostgreSQL, as its documentation sets it up: the instance's handler behind an HTTP server.
// Usage: server.mjs DATABASE-URL. Makes its tables by its own migrator, listens on a free port of the loopback, and says
// "ready PORT". The pool is of the size that `pg` has when nothing is said, which is what the documentation does.
import { c15tInstance } from '@c15t/backend';
import { kyselyAdapter } from '@c15t/backend/db/adapters/kysely';
import { migrator } from '@c15t/backend/db/migrator';
import { DB } from '@c15t/backend/db/schema';
import { serve } from '@hono/node-server';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: process.argv[2] }) }) });
const adapter = kyselyAdapter({ db, provider: 'postgresql' });
const plan = await migrator({ db: DB.client(adapter), schema: 'latest' });
await plan.execute();

const c15t = c15tInstance({
  appName: 'peers',
  trustedOrigins: ['localhost'],
  adapter,
  logger: { level: 'error' },
});
const server = serve({ fetch: (request) => c15t.handler(request), hostname: '127.0.0.1', port: 0 }, (info) => {
  console.log(`ready ${info.port}`);
});
process.on('SIGTERM', () => server.close(() => process.exit(0)));
