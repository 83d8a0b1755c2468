// HTTP with JSON over connections that stay open, one for each caller.
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });

// Resolves to the answer's JSON; an answer that is not 2xx is an error.
export function ask(port, method, path, body, headers = {}) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const said = { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, host: '127.0.0.1', port, method, path, headers: said }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(parts).toString();
        if (response.statusCode >= 200 && response.statusCode < 300) resolve(answer ? JSON.parse(answer) : null);
        else reject(new Error(`${response.statusCode} ${answer}`));
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}
