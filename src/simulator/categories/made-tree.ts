/**
 * Trees for the markets of which no public answer is known: made, in the shape of the real ones. Two spaces per level; marks as in
 * `indonesian-tree.ts` in brackets, besides words: a family, `invite`, `other` (not the shop's main category), `prohibited`.
 */
export const madeTrees: Readonly<Record<'v1' | 'v2', string>> = {
  v2: `
3000100 Menswear & Underwear [apparel]
  3000110 Men's Tops
    3000111 T-shirts [S]
    3000112 Shirts [S]
    3000113 Hoodies & Sweatshirts [S]
    3000114 Vests [s]
  3000120 Men's Bottoms
    3000121 Jeans [S]
    3000122 Shorts [S]
    3000123 Trousers [S]
  3000130 Men's Underwear
    3000131 Boxers & Briefs [S]
    3000132 Socks [s]
  3000140 Accessories
    3000141 Belts [s]
    3000142 Ties
    3000143 Others
3000200 Womenswear & Underwear [apparel]
  3000210 Women's Tops
    3000211 T-shirts [S]
    3000212 Blouses & Shirts [S]
    3000213 Knitwear [S]
  3000220 Women's Dresses
    3000221 Casual Dresses [S]
    3000222 Formal Dresses [S]
  3000230 Accessories
    3000231 Scarves & Shawls
    3000232 Others
3000300 Shoes [shoes]
  3000310 Men's Shoes
    3000311 Trainers [S]
    3000312 Sandals & Slides [S]
  3000320 Women's Shoes
    3000321 Trainers [S]
    3000322 Heels [S]
  3000330 Shoe Care [chemical]
    3000331 Shoe Cleaners
    3000332 Insoles [plain]
3000400 Toys & Hobbies [toys]
  3000410 Dolls & Stuffed Toys
    3000411 Plush Toys [nm]
    3000412 Dolls [nm]
  3000420 Educational Toys
    3000421 Building Blocks [nm]
    3000422 Slime & Squishy Toys [nm]
    3000423 Science Kits [nm]
  3000430 Party Supplies
    3000431 Balloons / Helium & "Confetti"
    3000432 Costumes [s]
    3000433 Others
3000500 Phones & Electronics [electronics]
  3000510 Mobile Phone Accessories
    3000511 Cases & Screen Protectors [plain]
    3000512 Power Banks [q]
    3000513 Cables & Adapters [q]
  3000520 Audio & Video
    3000521 Earphones & Headphones [q]
    3000522 Speakers [q]
  3000530 Cameras & Photography
    3000531 Action Cameras [q]
    3000532 Drones
      3000533 Camera Drones
        3000534 Spare Parts
          3000535 Propellers [plain]
          3000536 Batteries
            3000537 Drone Flight Batteries [q]
3000600 Beauty & Personal Care [beauty]
  3000610 Make-up
    3000611 Lipstick & Lip Gloss
    3000612 Nail Polish [chemical]
    3000613 False Eyelashes [plain]
  3000620 Skincare
    3000621 Facial Cleansers
    3000622 Face Serums & Essences
    3000623 Sunscreen & Sun Care [medical]
  3000630 Fragrance
    3000631 Perfume [chemical]
    3000632 Deodorant Sprays [chemical]
3000700 Health [supplement]
  3000710 Food Supplements
    3000711 Vitamins, Minerals & Wellness
    3000712 Protein & Fitness
  3000720 Medical Supplies [medical]
    3000721 Blood Pressure Monitors [other invite]
    3000722 First Aid
3000800 Food & Beverages [food]
  3000810 Drinks [drinks]
    3000811 Soft Drinks
    3000812 Coffee & Tea [food]
  3000820 Snacks
    3000821 Biscuits & Cookies
    3000822 Chocolate
3000900 Home & Kitchen
  3000910 Kitchenware
    3000911 Mugs
    3000912 Water Bottles
    3000913 Knives & Cutting Boards
  3000920 Home Decor
    3000921 Candles [chemical]
    3000922 Posters & Prints
  3000930 Bedding
    3000931 Duvet Covers [s]
3001000 Automotive & Motorcycle [auto]
  3001010 Car Electronics [electronics]
    3001011 Dash Cams [q]
  3001020 Car Care
    3001021 Car Wash & Wax [chemical]
    3001022 Cleaning Cloths [plain]
3001100 Sports & Outdoor
  3001110 Cycling
    3001111 Bikes
      3001112 Bike Parts
        3001113 Drivetrain
          3001114 Chains
            3001115 Chain Lubricants [chemical]
          3001116 Cassettes
  3001120 Fitness
    3001121 Yoga Mats
    3001122 Resistance Bands
3001200 Collectibles [collectible]
  3001210 Trading Cards
    3001211 Sports Cards [invite o]
    3001212 Game Cards [invite]
  3001220 Coins & Money
    3001221 Coins [invite prohibited]
3001300 Pre-owned
  3001310 Luggage & Bags
    3001311 Handbags [invite other]
3001400 Tobacco & Vaping
  3001410 E-cigarettes
    3001411 Vape Kits [prohibited]
3001500 Virtual Products [virtual]
  3001510 Vouchers
    3001511 Gift Cards [invite]
`,
  v1: `
500100 Menswear [apparel]
  500110 Tops
    500111 T-shirts [S]
    500112 Shirts [S]
  500120 Bottoms
    500121 Jeans [S]
500200 Womenswear [apparel]
  500210 Tops
    500211 T-shirts [S]
  500220 Dresses
    500221 Dresses [S]
500300 Shoes [shoes]
  500310 Trainers
    500311 Running Shoes [S]
500400 Toys [toys]
  500410 Soft Toys
    500411 Plush Toys [nm]
  500420 Party
    500421 Balloons
500500 Electronics [electronics]
  500510 Phone Accessories
    500511 Power Banks
    500512 Phone Cases [plain]
500600 Beauty [beauty]
  500610 Make-up
    500611 Lipstick
    500612 Nail Polish [chemical]
  500620 Fragrance
    500621 Perfume [chemical]
500700 Home
  500710 Kitchen
    500711 Mugs
    500712 Water Bottles
  500720 Decor
    500721 Candles [chemical]
500800 Food [food]
  500810 Snacks
    500811 Biscuits
500900 Collectibles [collectible]
  500910 Cards
    500911 Trading Cards [invite]
501000 Smoking
  501010 Vaping
    501011 Vape Kits [prohibited]
`,
};
