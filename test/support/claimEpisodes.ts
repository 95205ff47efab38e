import type { ClaimEvidence, ClaimName, SpaceEvidence } from '../../src/domain/claimEvidence.ts';
import type { ClaimEpisode } from '../../src/domain/episode.ts';

const gi = 2 ** 30;

export const claimNamed = (path: string): ClaimName => {
  const [namespace = '', name = ''] = path.split('/');
  return { namespace, name, uid: `uid-${path}` };
};

/** `payments/data-0`, critical with 2.4 % of 50Gi free. */
export function spaceEvidence(more: Partial<SpaceEvidence> = {}): SpaceEvidence {
  return {
    rule: 'bytes',
    level: 'critical',
    subject: 'claim',
    claims: [claimNamed('payments/data-0')],
    total: 50 * gi,
    free: Math.ceil(1.2 * gi),
    belowRatio: 0.03,
    source: 'kubelet',
    ...more,
  };
}

/** An episode of it in shop-eu. */
export function claimEpisode(
  evidence: ClaimEvidence = spaceEvidence(),
  more: Partial<ClaimEpisode> = {},
): ClaimEpisode {
  return {
    kind: 'claim',
    key: 'c',
    contextName: 'shop-eu',
    contextLabel: 'shop-eu',
    demo: false,
    subject: 'claim:payments/data-0',
    evidence,
    openedMs: 0,
    changedMs: 0,
    changes: 1,
    shown: true,
    ...more,
  };
}
