import assert from 'node:assert/strict';
import { png } from '../simulator/support/listing-calls.js';

/** What TikTok asks for of a mug, but its SKU, title and picture; its category is a leaf of the simulator's that asks for little. */
export const mugColumns = {
  Description: '<p>A mug of stoneware, glazed inside.</p>',
  Cost: '12.50',
  Quantity: '7',
  Weight: '0.5',
  'Weight Unit': 'kg',
  Length: '12',
  Width: '10',
  Height: '10',
  'Dimension Unit': 'cm',
  Category: '3000114',
  'Attribute:Other Dangerous Goods or Hazardous Materials': 'No',
  'Attribute:CA Prop 65: Repro. Chems': 'No',
  'Attribute:CA Prop 65: Carcinogens': 'No',
};

/** Hands its picture over by the API. @returns the name by which a feed calls it */
export async function handMugPictureOver(
  { url, key }: { url: string; key: string },
  partnerId: number,
): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(png(640))], { type: 'image/png' }), 'mug.png');
  const answer = await fetch(`${url}/api/v3/Product/${partnerId}/Files`, {
    method: 'POST',
    headers: { SubscriptionKey: key },
    body: form,
  });
  const text = await answer.text();
  assert.equal(answer.status, 201, text);
  const { Body } = JSON.parse(text) as { Body: { ProductFile?: { Name: string }; Name?: string } };
  return Body.ProductFile?.Name ?? Body.Name ?? '';
}
