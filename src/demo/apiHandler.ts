import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { type JsonObject, objectOf } from '../wire/json.ts';
import { asksForBinary } from './binaryForm.ts';
import { fixedAnswer } from './discovery.ts';
import type { Kubelets } from './kubelets.ts';
import { listOf } from './lists.ts';
import type { ObjectStore } from './objectStore.ts';
import { Reply } from './reply.ts';
import { nodesResource } from './resources.ts';
import { type Route, routeOf } from './routes.ts';
import { flagIn, selectionOf, withKind } from './selection.ts';
import { badRequest, methodNotAllowed, noSuchPath, notFound, StatusError, unauthorized } from './status.ts';
import { serveWatch } from './watchStream.ts';
import { create, patch, remove, type WriteRequest } from './writes.ts';

export interface ApiHandlerOptions {
  readonly store: ObjectStore;
  readonly kubelets: Kubelets;
  readonly clock: Clock;
  readonly random: () => number;
  readonly authorized: (request: IncomingMessage) => boolean;
}

const maxBodyBytes = 1024 * 1024;

/** Answers HTTP requests as kube-apiserver does; what is refused gets its metav1.Status. */
export class ApiHandler {
  readonly #options: ApiHandlerOptions;

  constructor(options: ApiHandlerOptions) {
    this.#options = options;
  }

  /** Never rejects: what goes wrong inside is a 500 for the client. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const reply = new Reply(response, asksForBinary(request.headers.accept));
    void this.#answer(request, reply).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof StatusError) reply.send(error.status.code, error.status);
      else reply.send(500, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: String(error), code: 500 });
    });
  }

  async #answer(request: IncomingMessage, reply: Reply): Promise<void> {
    if (!this.#options.authorized(request)) throw unauthorized();
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const fixed = fixedAnswer(url.pathname.replace(/(.)\/$/, '$1'));
    if (fixed !== undefined) {
      if (request.method !== 'GET') throw methodNotAllowed();
      reply.send(200, fixed);
      return;
    }
    const route = routeOf(url.pathname);
    if (!route) throw noSuchPath();
    if (request.method === 'GET') this.#read(route, url.searchParams, reply);
    else await this.#write(route, url.searchParams, request, reply);
  }

  #read(route: Route, query: URLSearchParams, reply: Reply): void {
    const { store, kubelets } = this.#options;
    if (route.to === 'accessReview') throw methodNotAllowed();
    if (route.to === 'summary') {
      const summary = kubelets.summaryOf(route.node);
      if (!summary) throw notFound(nodesResource, route.node);
      reply.send(200, summary);
      return;
    }
    const { resource, namespace } = route;
    if (route.to === 'object') {
      const object = store.get(resource, route.name, namespace);
      if (!object) throw notFound(resource, route.name);
      reply.send(200, withKind(resource, object));
      return;
    }
    const selection = selectionOf(resource, namespace, query);
    if (flagIn(query, 'watch')) serveWatch(this.#options, selection, query, reply);
    else reply.send(200, listOf(store, selection, query));
  }

  async #write(route: Route, query: URLSearchParams, request: IncomingMessage, reply: Reply): Promise<void> {
    if (route.to === 'summary') throw methodNotAllowed();
    const { method } = request;
    const allowed = route.to === 'object' ? ['PATCH', 'DELETE'] : ['POST'];
    if (!allowed.includes(method ?? '')) throw methodNotAllowed();
    const body = await bodyOf(request);
    if (route.to === 'accessReview') {
      reply.send(201, accessReview(body));
      return;
    }
    const { resource, namespace } = route;
    if (route.to === 'collection' && resource.namespaced && namespace === undefined) throw methodNotAllowed();
    const write: WriteRequest = {
      store: this.#options.store,
      resource,
      namespace,
      body,
      nowMs: this.#options.clock.now(),
      manager: /^[^/\s]+/.exec(request.headers['user-agent'] ?? '')?.[0] ?? 'unknown',
      dryRun: query.get('dryRun') === 'All',
    };
    if (route.to === 'collection') {
      reply.send(201, withKind(resource, create(write)));
    } else if (method === 'DELETE') {
      reply.send(200, remove(write, route.name));
    } else {
      const contentType = (request.headers['content-type'] ?? '').replace(/;.*/, '').trim();
      const options = { contentType, subresource: route.subresource === 'status' };
      reply.send(200, withKind(resource, patch(write, route.name, options)));
    }
  }
}

/** The demo user may do everything. */
function accessReview(body: unknown): JsonObject {
  const { spec = {} } = objectOf(body) ?? {};
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status: { allowed: true },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > maxBodyBytes) throw badRequest('the request body is too large');
    pieces.push(piece);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw badRequest("the object provided is unrecognized: couldn't get version/kind; json parse error");
  }
}
