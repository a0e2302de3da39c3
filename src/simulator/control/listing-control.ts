import { listingOf, type Change, type ListingWorld, type SizeChart } from '../categories/listing-world.js';
import { quotaLeft, setListedToday } from '../categories/listing-quota.js';
import { rulePresets } from '../categories/rule-presets.js';
import { addRuleChange } from '../categories/rule-changes.js';
import type { Shop, World } from '../state/world.js';
import { ControlError, found } from './control-error.js';
import type { ChangeSpec, ListingPatch, RuleChangeSpec } from './listing-schema.js';

/** The part of the control that is about categories, their rules, and what a shop may list. */
export function createListingControl(world: () => World) {
  const shopBy = (id: string): Shop => found(world().shops.get(id), `shop ${id}`);
  const view = (shop: Shop) => {
    const { created: _created, ...listing } = listingOf(shop);
    return { ...listing, quotaLeft: quotaLeft(world(), shop) };
  };
  return {
    ruleChanges: (): ListingWorld['ruleChanges'] => world().listing.ruleChanges,
    rulePresets: () =>
      rulePresets.map(({ name, since, regions, about }) => ({ name, since, regions, about })),
    /** TikTok changes what categories demand, now or later. */
    changeRules: (spec: RuleChangeSpec): ListingWorld['ruleChanges'][number] => {
      const preset = spec.preset === undefined ? undefined : presetBy(spec.preset);
      const changes = preset?.changes ?? (spec.changes ?? []).map(wholeChange);
      if (changes.length === 0) throw new ControlError(400, 'a rule change needs changes or a preset');
      return addRuleChange(world(), {
        name: spec.name ?? preset?.name ?? 'change',
        atSec: world().clock.nowSec() + (spec.inSeconds ?? 0),
        regions: spec.regions ?? preset?.regions ?? [],
        categoryIds: spec.categoryIds ?? preset?.categoryIds ?? [],
        changes,
      });
    },
    dropRuleChange: (id: number): void => {
      const { listing } = world();
      if (!listing.ruleChanges.some((change) => change.id === id))
        throw new ControlError(404, `rule change ${id} is not known`);
      listing.ruleChanges = listing.ruleChanges.filter((change) => change.id !== id);
      world().changed();
    },

    listing: (shopId: string) => view(shopBy(shopId)),
    patchListing: (shopId: string, { createdToday, ...patch }: ListingPatch) => {
      const shop = shopBy(shopId);
      Object.assign(listingOf(shop), patch);
      if (createdToday !== undefined) setListedToday(world(), shop, createdToday);
      world().changed();
      return view(shop);
    },
    addSizeChart: (shopId: string, input: { name: string; imageUri?: string }): SizeChart => {
      const shop = shopBy(shopId);
      const id = world().ids.next('size_chart');
      const uri = input.imageUri ?? `tos-simulated/${id}`;
      const url = `https://images.example.com/size-charts/${id}.jpeg`;
      const chart = { id, shopId: shop.id, name: input.name, images: [{ uri, url, locale: 'en-US' }] };
      world().listing.sizeCharts.push(chart);
      world().changed();
      return chart;
    },
    compliance: () => {
      const { manufacturers, responsiblePersons, brands } = world().listing;
      return { manufacturers, responsiblePersons, brands };
    },
  };
}

function presetBy(name: string): (typeof rulePresets)[number] {
  return found(
    rulePresets.find((known) => known.name === name),
    `preset ${name}`,
  );
}

/** What a caller may leave out, filled in. */
function wholeChange(spec: ChangeSpec): Change {
  if (spec.kind === 'attribute') {
    const attribute = {
      type: 'PRODUCT_PROPERTY' as const,
      isRequired: false,
      isCustomizable: false,
      isMultiple: false,
      values: [],
      conditions: [],
      ...spec.attribute,
    };
    return { kind: 'attribute', attribute };
  }
  if (spec.kind !== 'certificate') return spec;
  const { id, name } = spec.certificate;
  const defaults = { isRequired: true, details: name, conditions: [], needsExpiry: false };
  return { kind: 'certificate', certificate: { ...defaults, ...spec.certificate, id, name } };
}
