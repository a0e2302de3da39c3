import type {
  CategoryDemands,
  ListingAttribute,
  ListingCertificate,
  RequirementCondition,
  ShopBrand,
  ShopCategory,
  ShopPrerequisite,
  SizeChartTemplate,
} from '../../domain/listing.js';
import type {
  WireAttribute,
  WireBrand,
  WireCategory,
  WireCertificate,
  WireCondition,
  WirePrerequisite,
  WireRules,
  WireSizeChart,
} from '../wire/listing-wire.js';
import { asRecord, isTrue, listOf, requiredText, textOf, textOrNull, textsOf } from '../wire/read.js';

/** @throws UnreadableError without an id */
export function mapCategory(wire: WireCategory): ShopCategory {
  const parentId = textOrNull(wire.parent_id);
  return {
    id: requiredText(wire.id, 'id'),
    parentId: parentId === '0' ? null : parentId,
    name: textOf(wire.local_name),
    isLeaf: isTrue(wire.is_leaf),
    permissions: textsOf(wire.permission_statuses),
  };
}

/** @throws UnreadableError without an id or name: a seller could not be asked for it */
export function mapAttribute(wire: WireAttribute): ListingAttribute {
  return {
    id: requiredText(wire.id, 'id'),
    name: requiredText(wire.name, 'name'),
    isSales: textOrNull(wire.type) === 'SALES_PROPERTY',
    isRequired: isTrue(wire.is_requried) || isTrue(wire.is_required),
    isCustomizable: isTrue(wire.is_customizable),
    isMultiple: isTrue(wire.is_multiple_selection),
    isNumber: textOrNull(wire.value_data_format) === 'POSITIVE_INT_OR_DECIMAL',
    values: listOf(wire.values).flatMap((value) => {
      const record = asRecord(value);
      const id = textOrNull(record?.['id']);
      const name = textOrNull(record?.['name']);
      return id === null || name === null ? [] : [{ id, name }];
    }),
    conditions: conditionsOf(wire.requirement_conditions),
  };
}

/** UNCONFIRMED: that there are other types of condition; one that is not known says nothing that could be checked. */
function conditionsOf(wire: unknown): RequirementCondition[] {
  return listOf(wire).flatMap((entry) => {
    const condition: WireCondition = asRecord(entry) ?? {};
    const attributeId = textOrNull(condition.attribute_id);
    const valueId = textOrNull(condition.attribute_value_id);
    const type = textOrNull(condition.condition_type) ?? 'VALUE_ID_MATCH';
    return attributeId === null || valueId === null || type !== 'VALUE_ID_MATCH'
      ? []
      : [{ attributeId, valueId }];
  });
}

function isRequired(part: unknown): boolean {
  return isTrue(asRecord(part)?.['is_required']);
}

function isSupported(part: unknown): boolean {
  return isTrue(asRecord(part)?.['is_supported']);
}

export function mapDemands(wire: WireRules): CategoryDemands {
  return {
    certificates: listOf(wire.product_certifications).flatMap((entry) =>
      mapCertificate(asRecord(entry) ?? {}),
    ),
    sizeChart: isRequired(wire.size_chart) ? 'required' : isSupported(wire.size_chart) ? 'supported' : 'none',
    isCodSupported: isSupported(wire.cod),
    needsDimensions: isRequired(wire.package_dimension),
    needsEpr: isRequired(wire.epr),
    needsManufacturer: isRequired(wire.manufacturer),
    needsResponsiblePerson: isRequired(wire.responsible_person),
    specialTypes: specialTypesOf(wire.allowed_special_product_types),
    fees: listOf(wire.fees).flatMap((entry) => {
      const type = textOrNull(asRecord(entry)?.['type']);
      return type === null ? [] : [{ type, isRequired: isRequired(entry) }];
    }),
  };
}

/** A list by the schema; TikTok's own sample has one text with quotation marks in it. */
function specialTypesOf(wire: unknown): string[] {
  if (typeof wire !== 'string') return textsOf(wire);
  return wire
    .split(',')
    .map((word) => word.replaceAll(/[^A-Z_]/g, ''))
    .filter((word) => word !== '');
}

function mapCertificate(wire: WireCertificate): ListingCertificate[] {
  const id = textOrNull(wire.id);
  if (id === null) return [];
  return [
    {
      id,
      name: textOrNull(wire.name) ?? id,
      isRequired: isTrue(wire.is_required),
      needsExpiry: isTrue(asRecord(wire.expiration_date)?.['is_required']),
      // Live texts have places for words that TikTok did not fill in.
      details: textOf(wire.document_details).replaceAll('%s', '').trim(),
      sampleUrl: textOrNull(wire.sample_image_url),
      conditions: conditionsOf(wire.requirement_conditions),
    },
  ];
}

/** @throws UnreadableError without an id */
export function mapBrand(wire: WireBrand): ShopBrand {
  return {
    id: requiredText(wire.id, 'id'),
    name: textOf(wire.name),
    // The other word of the status is misspelt in live answers, and this one need not stay as it is.
    isAuthorized: textOrNull(wire.authorized_status) === 'AUTHORIZED',
    isT1: isTrue(wire.is_t1_brand),
  };
}

/** @throws UnreadableError without the name of the item */
export function mapPrerequisite(wire: WirePrerequisite): ShopPrerequisite {
  return {
    item: requiredText(wire.check_item, 'check_item'),
    isFailed: isTrue(wire.is_failed),
    reasons: textsOf(wire.fail_reasons),
  };
}

/** @throws UnreadableError without an id */
export function mapSizeChart(wire: WireSizeChart): SizeChartTemplate {
  return { id: requiredText(wire.template_id, 'template_id'), name: textOf(wire.template_name) };
}
