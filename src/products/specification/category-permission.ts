/** What a shop may do in a category, and what its seller has to do for it. */
export interface CategoryAdvice {
  /** `waits`: it can be listed, and stays out of sight until the seller has done what is said. */
  outcome: 'listed' | 'waits' | 'refused';
  text: string;
  next: string | null;
}

/**
 * Several statuses may stand together: the worst counts.
 * Source: TikTok, Get Categories; the US takes invite-only products since May 2025 (PENDING, PRE_APPROVED).
 * @param region two letters
 */
export function adviceOf(permissions: readonly string[], region: string): CategoryAdvice {
  if (permissions.includes('PROHIBITED')) {
    return {
      outcome: 'refused',
      text: 'TikTok Shop forbids this category (code 12052220).',
      next: 'Choose another category. Nobody can list here.',
    };
  }
  if (permissions.includes('NON_MAIN_CATEGORY')) {
    return {
      outcome: 'refused',
      text: "This category is outside of the shop's main category (code 12052225).",
      next: 'Ask your account manager at TikTok to open it, or choose another category.',
    };
  }
  if (permissions.includes('INVITE_ONLY')) {
    const apply = 'Apply for the category in the Qualification Center of TikTok Seller Center.';
    return region === 'US'
      ? {
          outcome: 'waits',
          text: 'This category is by invitation only. Products are taken and wait as PRE_APPROVED until TikTok has approved the shop.',
          next: `${apply} Products need not be sent again afterwards.`,
        }
      : {
          outcome: 'refused',
          text: 'This category is by invitation only (code 12052226).',
          next: `${apply} Your account manager at TikTok can help.`,
        };
  }
  return { outcome: 'listed', text: 'The shop may list here.', next: null };
}
