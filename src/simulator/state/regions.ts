/** What differs by market. Sources: TikTok's order and fulfilment overviews; addresses and buyers are invented. */
export interface Region {
  code: string;
  country: string;
  currency: string;
  /** Prefix of tokens and ciphers, by the region where TikTok keeps the data. */
  dataRegion: 'TTP' | 'ROW' | 'GCP';
  /** US and UK show the buyer's hour of remorse as ON_HOLD (since December 2023). */
  holds: boolean;
  /** Mark Package As Shipped exists in US, UK, EU and JP only; the others ship a package that exists already. */
  shipping: 'mark' | 'package';
  /** Sales tax in basis points where prices exclude it, otherwise 0. */
  taxBasisPoints: number;
  providers: readonly string[];
  /** Names of the address levels, L0 downwards. UNCONFIRMED: the order of County and City in the US. */
  levels: readonly string[];
  places: readonly [Place, ...Place[]];
  buyers: readonly (readonly [first: string, last: string])[];
  phone: string;
  /** Price of a simple article in minor units: gives generated goods a believable price. */
  typicalPriceMinor: number;
}

export interface Place {
  line1: string;
  line2: string;
  /** Names for the levels below the country. */
  districts: readonly string[];
  postalCode: string;
  postTown?: string;
}

const western = [
  ['Sample', 'Buyer'],
  ['Robin', 'Testa'],
  ['Alex', 'Muster'],
] as const;

const us: Region = {
  code: 'US',
  country: 'United States',
  currency: 'USD',
  dataRegion: 'TTP',
  holds: true,
  shipping: 'mark',
  taxBasisPoints: 825,
  providers: ['USPS', 'UPS', 'FedEx', 'DHL eCommerce', 'OnTrac', 'LaserShip'],
  levels: ['Country', 'State', 'County', 'City'],
  places: [
    {
      line1: '100 Example Ave',
      line2: 'Apt 2',
      districts: ['California', 'Sample County', 'Sample City'],
      postalCode: '90000',
    },
    {
      line1: '2450 Placeholder Blvd',
      line2: '',
      districts: ['Texas', 'Mock County', 'Testville'],
      postalCode: '75000',
    },
    {
      line1: '7 Specimen Street',
      line2: 'Floor 3',
      districts: ['New York', 'Proof County', 'Drafton'],
      postalCode: '10000',
    },
  ],
  buyers: [
    ['Sample', 'Buyer'],
    ['Jamie', 'Example'],
    ['Taylor', 'Specimen'],
    ['Renée', "O'Demo"],
  ],
  phone: '(+1)2135550100',
  typicalPriceMinor: 2000,
};

const gb: Region = {
  code: 'GB',
  country: 'United Kingdom',
  currency: 'GBP',
  dataRegion: 'GCP',
  holds: true,
  shipping: 'mark',
  taxBasisPoints: 0,
  providers: ['Royal Mail', 'Evri', 'DPD UK', 'Yodel', 'DHL eCommerce UK'],
  levels: ['Country', 'Region', 'County', 'City'],
  places: [
    {
      line1: '12 Sample Lane',
      line2: 'Flat 4',
      districts: ['England', 'Exampleshire', 'Sampleton'],
      postalCode: 'ZZ1 1ZZ',
      postTown: 'SAMPLETON',
    },
    {
      line1: '3 Placeholder Row',
      line2: '',
      districts: ['Scotland', 'Mockland', 'Glentest'],
      postalCode: 'ZZ9 9ZZ',
      postTown: 'GLENTEST',
    },
  ],
  buyers: western,
  phone: '(+44)2079460100',
  typicalPriceMinor: 1500,
};

const id: Region = {
  code: 'ID',
  country: 'Indonesia',
  currency: 'IDR',
  dataRegion: 'ROW',
  holds: false,
  shipping: 'package',
  taxBasisPoints: 0,
  providers: ['JNE', 'J&T Express', 'SiCepat', 'AnterAja', 'Ninja Xpress'],
  levels: ['Country', 'Province', 'City', 'District', 'Village'],
  places: [
    {
      line1: 'Jl. Contoh No. 10',
      line2: 'RT 01 RW 02',
      districts: ['DKI Jakarta', 'Jakarta Contoh', 'Kecamatan Uji', 'Kelurahan Coba'],
      postalCode: '10000',
    },
    {
      line1: 'Jl. Percobaan No. 5',
      line2: '',
      districts: ['Jawa Barat', 'Kota Sampel', 'Kecamatan Tes', 'Desa Dummy'],
      postalCode: '40000',
    },
  ],
  buyers: [
    ['Budi', 'Contoh'],
    ['Sari', 'Percobaan'],
    ['Dewi', 'Sampel'],
  ],
  phone: '(+62)81200000000',
  typicalPriceMinor: 75_000,
};

interface Variation {
  code: string;
  country: string;
  currency: string;
  providers: readonly string[];
  state: string;
  city: string;
  postalCode: string;
  phone: string;
  typicalPriceMinor: number;
}

/** The European markets sell as the UK does, without ON_HOLD. */
function european(variation: Variation): Region {
  return {
    ...gb,
    holds: false,
    ...place(variation, ['Country', 'State', 'City']),
    dataRegion: 'GCP',
    shipping: 'mark',
  };
}

function packageMarket(variation: Variation): Region {
  return {
    ...id,
    ...place(variation, ['Country', 'Province', 'City']),
    dataRegion: 'ROW',
    shipping: 'package',
  };
}

function place(
  variation: Variation,
  levels: readonly string[],
): Omit<Region, 'dataRegion' | 'holds' | 'shipping'> {
  const { state, city, postalCode, ...rest } = variation;
  return {
    ...rest,
    taxBasisPoints: 0,
    levels,
    places: [{ line1: '1 Example Road', line2: 'Unit 2', districts: [state, city], postalCode }],
    buyers: western,
  };
}

const variations: Region[] = [
  european({
    code: 'DE',
    country: 'Germany',
    currency: 'EUR',
    providers: ['DHL', 'Hermes', 'DPD', 'GLS'],
    state: 'Musterland',
    city: 'Musterstadt',
    postalCode: '00000',
    phone: '(+49)3000000000',
    typicalPriceMinor: 1800,
  }),
  european({
    code: 'ES',
    country: 'Spain',
    currency: 'EUR',
    providers: ['Correos', 'SEUR', 'MRW'],
    state: 'Provincia Ejemplo',
    city: 'Villa Prueba',
    postalCode: '00000',
    phone: '(+34)910000000',
    typicalPriceMinor: 1700,
  }),
  european({
    code: 'FR',
    country: 'France',
    currency: 'EUR',
    providers: ['Colissimo', 'Chronopost', 'Mondial Relay'],
    state: 'Région Exemple',
    city: 'Ville Test',
    postalCode: '00000',
    phone: '(+33)100000000',
    typicalPriceMinor: 1700,
  }),
  european({
    code: 'IE',
    country: 'Ireland',
    currency: 'EUR',
    providers: ['An Post', 'DPD Ireland'],
    state: 'County Sample',
    city: 'Sampletown',
    postalCode: 'Z00 Z000',
    phone: '(+353)10000000',
    typicalPriceMinor: 1700,
  }),
  european({
    code: 'IT',
    country: 'Italy',
    currency: 'EUR',
    providers: ['Poste Italiane', 'BRT', 'GLS Italy'],
    state: 'Provincia Esempio',
    city: 'Città Prova',
    postalCode: '00000',
    phone: '(+39)0600000000',
    typicalPriceMinor: 1700,
  }),
  european({
    code: 'JP',
    country: 'Japan',
    currency: 'JPY',
    providers: ['Yamato Transport', 'Sagawa Express', 'Japan Post'],
    state: '見本県',
    city: '試験市',
    postalCode: '000-0000',
    phone: '(+81)300000000',
    typicalPriceMinor: 2500,
  }),
  packageMarket({
    code: 'MY',
    country: 'Malaysia',
    currency: 'MYR',
    providers: ['J&T Express', 'Pos Laju', 'Ninja Van'],
    state: 'Selangor Contoh',
    city: 'Bandar Uji',
    postalCode: '00000',
    phone: '(+60)300000000',
    typicalPriceMinor: 4500,
  }),
  packageMarket({
    code: 'PH',
    country: 'Philippines',
    currency: 'PHP',
    providers: ['J&T Express PH', 'LBC Express', 'Flash Express'],
    state: 'Sample Province',
    city: 'Sample City',
    postalCode: '0000',
    phone: '(+63)200000000',
    typicalPriceMinor: 39_900,
  }),
  packageMarket({
    code: 'SG',
    country: 'Singapore',
    currency: 'SGD',
    providers: ['Ninja Van SG', 'SingPost'],
    state: 'Singapore',
    city: 'Sample Estate',
    postalCode: '000000',
    phone: '(+65)60000000',
    typicalPriceMinor: 1900,
  }),
  packageMarket({
    code: 'TH',
    country: 'Thailand',
    currency: 'THB',
    providers: ['Flash Express TH', 'Kerry Express', 'Thailand Post'],
    state: 'จังหวัดตัวอย่าง',
    city: 'เขตทดสอบ',
    postalCode: '00000',
    phone: '(+66)200000000',
    typicalPriceMinor: 29_900,
  }),
  packageMarket({
    code: 'VN',
    country: 'Vietnam',
    currency: 'VND',
    providers: ['GHN', 'J&T Express VN', 'Viettel Post'],
    state: 'Tỉnh Mẫu',
    city: 'Quận Thử',
    postalCode: '000000',
    phone: '(+84)2400000000',
    typicalPriceMinor: 150_000,
  }),
  packageMarket({
    code: 'MX',
    country: 'Mexico',
    currency: 'MXN',
    providers: ['Estafeta', 'DHL MX', 'Paquetexpress'],
    state: 'Estado Ejemplo',
    city: 'Ciudad Prueba',
    postalCode: '00000',
    phone: '(+52)5500000000',
    typicalPriceMinor: 29_900,
  }),
  packageMarket({
    code: 'BR',
    country: 'Brazil',
    currency: 'BRL',
    providers: ['Correios', 'Jadlog', 'Loggi'],
    state: 'Estado Exemplo',
    city: 'Cidade Teste',
    postalCode: '00000-000',
    phone: '(+55)1100000000',
    typicalPriceMinor: 7900,
  }),
];

const regions = new Map([us, gb, id, ...variations].map((region) => [region.code, region]));

export const regionCodes: readonly string[] = [...regions.keys()];

/** Throws a RangeError for a market that TikTok Shop does not have. */
export function regionOf(code: string): Region {
  const region = regions.get(code);
  if (region === undefined) throw new RangeError(`TikTok Shop has no region "${code}"`);
  return region;
}
