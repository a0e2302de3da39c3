import { Type } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { ExplainedEffect, ExplainedGate } from './explanation-schema.js';
import { ProductFinding } from './product-schema.js';
import { dateTime, flag, listOf, named, ref, text, type Named } from './schema.js';

const ListingReason = named(
  'ListingReason',
  'Why TikTok has refused a product. An addition.',
  {},
  {
    Position: text("In TikTok's words.", 'Product Name'),
    Column: text('That the words are about, as far as they tell.', 'Title'),
    Reasons: Type.Array(Type.String()),
    Suggestions: Type.Array(Type.String()),
  },
);

const listing = {
  ProductId: text('Parent SKU, or the SKU of a product that has one.', 'TEE'),
  Skus: Type.Array(Type.String()),
  State: text('In words.', 'Live, change in review'),
  Acts: text('Who has to act: you, TikTok or nobody.', 'TikTok'),
  Reason: text(),
  Next: text('What to do.'),
  TikTokCode: text(),
  DueAt: dateTime('When it is looked at again.'),
  TikTokProductId: text(),
  TikTokStatus: text("TikTok's word.", 'ACTIVATE'),
  AuditStatus: text("TikTok's word.", 'AUDITING'),
  OldVersionSells: flag('Buyers see it as it was before the last change.'),
  Reasons: listOf(ListingReason),
  Sent: flag('TikTok has what is wanted now, or reviews it.'),
  ReviewedAt: dateTime('When TikTok was asked last.'),
  NextReview: dateTime('When TikTok is asked next.'),
};

const ProductListing = named('ProductListing', 'How a product stands with TikTok. An addition.', {}, listing);

const ListingSku = named(
  'ListingSku',
  'How a SKU stands with TikTok. An addition.',
  {},
  { Sku: text(), TikTokSkuId: text(), State: text(undefined, 'In TikTok') },
);

const ListingEvent = named(
  'ListingEvent',
  'Something that happened to a product. An addition.',
  {},
  { At: dateTime(), Level: text(undefined, 'Alert'), Summary: text(), Details: text() },
);

const ListingExplanation = named(
  'ListingExplanation',
  'Why a product is, or is not, on sale as it is wanted. An addition.',
  {},
  {
    ...listing,
    Summary: text(),
    Gates: listOf(ExplainedGate, 'Every rule with its outcome.'),
    SkuStates: listOf(ListingSku),
    Findings: listOf(ProductFinding),
    Events: listOf(ListingEvent, 'What happened to it, oldest first.'),
    Effects: listOf(ExplainedEffect, 'What was asked of TikTok, oldest first.'),
  },
);

export const ProductListingArrayResponse = arrayResponse('ProductListing', listOf(ProductListing));
export const ListingExplanationMessage = messageOf('ListingExplanation', ref(ListingExplanation));

export const listingSchemas: Named[] = [
  ListingReason,
  ProductListing,
  ListingSku,
  ListingEvent,
  ListingExplanation,
  ProductListingArrayResponse,
  ListingExplanationMessage,
];
