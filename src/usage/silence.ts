import type { ApiError } from '../domain/apiError.ts';
import type { Sources } from './findings.ts';

/** Why nothing is heard of a mounted claim. */
export interface Silence {
  readonly quality: 'forbidden' | 'notReported';
  /** A sentence fit to be shown. */
  readonly reason: string;
}

/** `nodes`: where the claim is mounted; undefined if that is not known. It is forbidden only if nobody could be asked. */
export function whyNotReported(nodes: readonly string[] | undefined, { kubelets, prometheus }: Sources): Silence {
  const silences = [
    ...(prometheus ? [ofPrometheus(prometheus.ok ? undefined : prometheus.error)] : []),
    ...(kubelets ? [ofKubelets(nodes, kubelets)] : []),
  ];
  if (silences.length === 0) return { quality: 'notReported', reason: 'No source of usage is asked.' };
  const quality = silences.every((silence) => silence.quality === 'forbidden') ? 'forbidden' : 'notReported';
  return { quality, reason: silences.map(({ reason }) => reason).join(' ') };
}

function ofPrometheus(error: ApiError | undefined): Silence {
  if (!error) return { quality: 'notReported', reason: 'The Prometheus has no series of it.' };
  return { quality: error.reason === 'forbidden' ? 'forbidden' : 'notReported', reason: error.message };
}

function ofKubelets(nodes: readonly string[] | undefined, kubelets: NonNullable<Sources['kubelets']>): Silence {
  if (nodes === undefined)
    return { quality: 'forbidden', reason: 'Which pods mount it may not be read, so no kubelet can be asked for it.' };
  const errors = nodes.flatMap((node) => {
    const answer = kubelets.get(node);
    return answer && !answer.ok ? [answer.error] : [];
  });
  const failure = errors.find(({ reason }) => reason !== 'forbidden') ?? errors[0];
  if (failure)
    return { quality: failure.reason === 'forbidden' ? 'forbidden' : 'notReported', reason: failure.message };
  const asked = nodes.some((node) => kubelets.has(node));
  return {
    quality: 'notReported',
    reason: asked
      ? 'Its kubelet does not report it: no container of its pod is running, or it has not been looked at yet.'
      : 'The kubelet of its node has not been asked yet.',
  };
}
