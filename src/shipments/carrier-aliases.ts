/**
 * Spellings of carriers: codes that ERPs and shipping tools send (SCAC, ShipStation, Shopify) and names under which
 * TikTok lists the carrier. Data only; `match-provider` compares without case, spaces and punctuation, and exactly.
 * A name stands here only if it means one carrier: plain `DHL` belongs to three of them and decides nothing where more
 * than one is on TikTok's list.
 *
 * UNCONFIRMED: TikTok's names, which differ by delivery option and come from the list that TikTok answers; an alias can
 * only ever choose a provider that is on it.
 */
export const carrierAliases: readonly { codes: readonly string[]; names: readonly string[] }[] = [
  {
    codes: ['USPS', 'stamps_com', 'endicia', 'US Postal Service', 'United States Postal Service'],
    names: ['USPS'],
  },
  { codes: ['UPSN', 'UPSG', 'UPSS', 'ups_walleted', 'United Parcel Service'], names: ['UPS'] },
  {
    codes: ['FDEG', 'FDE', 'FEDX', 'FDEN', 'FXFE', 'FDXG', 'Federal Express', 'fedex_walleted'],
    names: ['FedEx'],
  },
  {
    codes: ['DHLE', 'dhl_express', 'dhl_express_worldwide', 'DHL'],
    names: ['DHL Express', 'DHL'],
  },
  {
    codes: ['DHLG', 'dhl_ecommerce', 'dhl_global_mail', 'DHL Global Mail', 'DHL'],
    names: ['DHL eCommerce'],
  },
  { codes: ['dhl_uk', 'DHL'], names: ['DHL UK'] },
  { codes: ['ONTC', 'ontrac'], names: ['OnTrac'] },
  { codes: ['LSHP', 'lasership'], names: ['LaserShip'] },
  {
    codes: ['AMZL', 'amazon_buy_shipping', 'Amazon', 'Amazon Shipping', 'Amazon Logistics US'],
    names: ['Amazon Logistics', 'Amazon Logistics UK'],
  },
  { codes: ['GLSO', 'gls_us', 'GLS'], names: ['GLS US', 'GLS USA'] },
  { codes: ['Gofo', 'GOFO Express'], names: ['Gofo Express', 'Gofo'] },
  { codes: ['OSM'], names: ['OSM Worldwide'] },
  { codes: ['Jitsu', 'AxleHire'], names: ['AxleHire', 'Jitsu'] },
  { codes: ['LSO', 'Lone Star', 'Lone Star Overnight'], names: ['Lone Star Overnight'] },
  { codes: ['firstmile', 'First Mile'], names: ['First Mile'] },
  { codes: ['asendia', 'Asendia USA'], names: ['Asendia US'] },
  { codes: ['TForce', 'TForce Final Mile'], names: ['TForce', 'TForce Final Mile'] },
  { codes: ['UDS', 'United Delivery Service'], names: ['UDS', 'United Delivery Service'] },
  { codes: ['sendle'], names: ['Sendle'] },
  { codes: ['canada_post', 'CPC'], names: ['Canada Post'] },
  { codes: ['purolator_canada', 'PURO'], names: ['Purolator'] },
  { codes: ['hermes', 'EVRI'], names: ['EVRi'] },
  { codes: ['Yodel'], names: ['Yodel UK', 'Yodel'] },
  { codes: ['DX'], names: ['DX Delivery'] },
  { codes: ['royal_mail', 'RoyalMail'], names: ['Royal Mail'] },
  { codes: ['parcelforce'], names: ['Parcel Force', 'Parcelforce'] },
  { codes: ['APC'], names: ['APC Overnight'] },
  { codes: ['JNE Express'], names: ['JNE'] },
  { codes: ['J&T', 'JNT', 'JT Express'], names: ['J&T Express'] },
  { codes: ['Ninja Van', 'NinjaVan'], names: ['Ninja Van', 'Ninjavan'] },
];
