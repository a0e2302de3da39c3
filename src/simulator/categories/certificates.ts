import type { Condition } from './category-model.js';

interface CertificateText {
  id: string;
  name: string;
  details: string;
  conditions: Condition[];
}

/** The certificates that occurred in the answers for Indonesia, with the text that TikTok shows to sellers; the key is the mark in the tree. */
export const certificateTexts: Readonly<Record<string, CertificateText>> = {
  a: {
    id: '6956786487312533254',
    name: 'SNI Certificate',
    details: 'Please upload a color copy of the valid SNI certificate for the product. %s',
    conditions: [],
  },
  b: {
    id: '1729944766059416219',
    name: 'Halal Certificate',
    details:
      'Upload a valid Halal Certificate. It should be a colored copy and clearly show the certificate number, business name, and product names.',
    conditions: [],
  },
  c: {
    id: '6956786487312516870',
    name: 'BPOM Certificate',
    details:
      "Please upload a color copy of the valid distribution permit (Izin Edar) issued by the Indonesia's Foods and Drugs Supervisory Agency (BPOM, Badan Pengawas Obat dan Makanan) for the product. %s",
    conditions: [],
  },
  d: {
    id: '6956786487312549638',
    name: 'Test report from a nationally recognized testing laboratory (NRTL)',
    details:
      'Provide a clear, legible PNG, JPG or unlocked PDF of the test report with pass or failed indicators that matches the product listing.',
    conditions: [],
  },
  e: {
    id: '7365861733472995078',
    name: 'Electrical & Electronic Labelling',
    details:
      'Upload a clear photo showing the mandatory legal information for the exact product or model being listed. This should include, where applicable, the product’s CE marking clearly displayed on the product itself or its immediate packaging, applicable warnings and instructions in the language(s) required for the target market, applicable WEEE labeling, manufacturer details, and Responsible Person information. Where multiple items are sold as part of a bundle, clearly indicate which specific product the uploaded image relates to.',
    conditions: [],
  },
  f: {
    id: '7365861733473126150',
    name: 'Product information sheet',
    details:
      'Upload the Product information sheet issued by the manufacturer with product specifications in the official language.\n\nWhere there are multiple items sold as a part of a bundle, please clearly indicate which specific product the certification pertains to in the uploaded file or image.',
    conditions: [],
  },
  g: {
    id: '7365861733473011462',
    name: 'Energy label',
    details:
      'Please upload a clear photo of the Energy Label visible on the product or on the product packaging.\n\nWhere there are multiple items sold as a part of a bundle, please clearly indicate which specific product the certification pertains to in the uploaded file or image.',
    conditions: [],
  },
  h: {
    id: '8647625399212475591',
    name: 'User manual',
    details:
      'Upload a user manual or instructions in the official local language.\n\nWhere there are multiple items sold as a part of a bundle, please clearly indicate which specific product the certification pertains to in the uploaded file or image.',
    conditions: [],
  },
  i: {
    id: '8657871115921888522',
    name: 'Declaration of applied standards for class A, B, or C medical devices',
    details:
      'Upload a valid copy of the declaration of applied standards for class A, B, or C medical devices.',
    conditions: [{ attributeId: '100108', valueId: '1000058' }],
  },
  j: {
    id: '8657871150566385924',
    name: 'Photo of product label in Thai with TIS mark',
    details: 'Photo of product label in Thai with TIS mark',
    conditions: [{ attributeId: '100108', valueId: '1000058' }],
  },
  k: {
    id: '8657871149955040516',
    name: 'Photo of product label in Thai with TIS mark',
    details: 'Photo of product label in Thai with TIS mark',
    conditions: [{ attributeId: '100107', valueId: '1000054' }],
  },
  l: {
    id: '8657871115921888778',
    name: 'Test report from a nationally recognized testing laboratory (NRTL)',
    details:
      'Provide a clear, legible PNG, JPG or unlocked PDF of the test report with pass or failed indicators that matches the product listing.',
    conditions: [{ attributeId: '101571', valueId: '1000058' }],
  },
  m: {
    id: '7080055018992862981',
    name: 'UKCA/CE mark',
    details:
      'Please upload a clear photo of the UKCA/CE mark visible on the product or on the product packaging. \n\nIf UKCA/CE marking information is already provided and visible under the relevant Electronics/Toys compliance section, you may omit this field to avoid duplication.\n\nWhere there are multiple items sold as a part of a bundle, please clearly indicate which specific product the certification pertains to in the uploaded file or image.',
    conditions: [],
  },
  n: {
    id: '7080055018992879365',
    name: 'UK / EU Declaration of conformity',
    details:
      'Please provide the manufacturer’s Declaration of Conformity for the product. The document must identify the product and confirm compliance with all applicable product safety and regulatory requirements, where relevant. This may include requirements relating to radio equipment, EMC, electrical safety, hazardous substances, toys, batteries, accessibility, or unmanned aircraft systems. \n\nWhere multiple requirements apply, a single Declaration of Conformity covering them is acceptable.',
    conditions: [],
  },
  o: {
    id: '8657871151764855812',
    name: 'Authenticated autograph on collectibles',
    details: 'Authenticated autograph on collectibles',
    conditions: [],
  },
  p: {
    id: '8657871226314208516',
    name: 'Invoice',
    details: 'Upload a valid invoice for the listed product. View example.',
    conditions: [],
  },
  q: {
    id: '8657871226457059076',
    name: "FCC Supplier's Declaration of Conformity",
    details:
      "Please upload a valid copy of FCC Supplier's Declaration of Conformity issued by the manufacturer or importer in English language.",
    conditions: [],
  },
  r: {
    id: '8657871149890528516',
    name: 'Photo of product label in Thai with TIS mark',
    details: 'Photo of product label in Thai with TIS mark',
    conditions: [],
  },
  t: {
    id: '8657871226395618052',
    name: 'Toy labelling',
    details:
      "Upload a photo that clearly shows mandatory legal information in the official local language. These include the product's CE marking, applicable (age) warnings, instructions, and applicable WEEE labels.\n\nWhere there are multiple items sold as a part of a bundle, please clearly indicate which specific product the certification pertains to in the uploaded file or image.",
    conditions: [{ attributeId: '100108', valueId: '1000058' }],
  },
};
