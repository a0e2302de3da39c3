/** English names of part of the Indonesian tree, by id: made, in the words of TikTok's English trees. All others keep their local name. */
export const englishNames: Readonly<Record<string, string>> = Object.fromEntries(
  `
600001 Home Supplies
600024 Kitchenware
600154 Textiles & Soft Furnishings
600942 Household Appliances
601152 Womenswear & Underwear
601303 Modest Fashion
601352 Shoes
601450 Beauty & Personal Care
601739 Phones & Electronics
601755 Computers & Office Equipment
602118 Pet Supplies
602284 Baby & Maternity
603014 Sports & Outdoor
604206 Toys & Hobbies
604453 Furniture
604579 Tools & Hardware
604968 Home Improvement
605196 Automotive & Motorcycle
605248 Fashion Accessories
700437 Food & Beverages
700645 Health
801928 Books, Magazines & Audio
802184 Kids' Fashion
824328 Menswear & Underwear
824584 Luggage & Bags
834312 Virtual Products
856720 Pre-Owned
951432 Collectibles
953224 Jewelry Accessories & Derivatives
2344592 Bookings & Vouchers
600009 Festive Decorations
600017 Balloons
600032 Vacuum Flasks
600036 Glasses
600042 Mugs
600048 Water Bottles
600059 Lunch Boxes
600063 Chopsticks
600064 Plates
600069 Bowls
600080 Wine Racks
600145 Kitchen Knives
600151 Chopping Boards
600321 Wall Clocks
600574 Wellington Boots
600852 Televisions
601194 Vests & Gilets
601195 Shirts
`
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const),
);
