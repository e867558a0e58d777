/**
 * Frozen signatures on which implementations are known to differ, as hex. `test/support` builds the
 * Ed25519 ones from the curve and checks that this file has the same verdicts.
 */

export type SignatureVector = {
  readonly name: string;
  readonly publicKey: string;
  /** For secp256k1 the 32-byte digest. */
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
};

export const ED25519_VECTORS: readonly SignatureVector[] = [
  {
    name: 'honest',
    publicKey: '8fcfdb6c9c63e56686488f7372d92de16c8869d62214e1cf9241c61939807066',
    message: '746f7273696f6e2031303030',
    signature:
      '3df830702a7d3a75d945bd241960e1cb6c3164ad17447ae90a3ae03a2aafaa861bb48781190f1313672cca9d441c13dac94f7d338d6c9082c593372213292d02',
    valid: true,
  },
  {
    name: 'S plus L',
    publicKey: '8fcfdb6c9c63e56686488f7372d92de16c8869d62214e1cf9241c61939807066',
    message: '746f7273696f6e2031303030',
    signature:
      '3df830702a7d3a75d945bd241960e1cb6c3164ad17447ae90a3ae03a2aafaa8608887dde3372256b3dc9c1402316f2eec94f7d338d6c9082c593372213292d12',
    valid: false,
  },
  {
    name: 'bit of R',
    publicKey: '8fcfdb6c9c63e56686488f7372d92de16c8869d62214e1cf9241c61939807066',
    message: '746f7273696f6e2031303030',
    signature:
      '3df830702a7c3a75d945bd241960e1cb6c3164ad17447ae90a3ae03a2aafaa861bb48781190f1313672cca9d441c13dac94f7d338d6c9082c593372213292d02',
    valid: false,
  },
  {
    name: 'bit of the message',
    publicKey: '8fcfdb6c9c63e56686488f7372d92de16c8869d62214e1cf9241c61939807066',
    message: '756f7273696f6e2031303030',
    signature:
      '3df830702a7d3a75d945bd241960e1cb6c3164ad17447ae90a3ae03a2aafaa861bb48781190f1313672cca9d441c13dac94f7d338d6c9082c593372213292d02',
    valid: false,
  },
  {
    name: 'sign of the key',
    publicKey: '8fcfdb6c9c63e56686488f7372d92de16c8869d62214e1cf9241c619398070e6',
    message: '746f7273696f6e2031303030',
    signature:
      '3df830702a7d3a75d945bd241960e1cb6c3164ad17447ae90a3ae03a2aafaa861bb48781190f1313672cca9d441c13dac94f7d338d6c9082c593372213292d02',
    valid: false,
  },
  {
    name: 'key that is no point',
    publicKey: '0200000000000000000000000000000000000000000000000000000000000000',
    message: '746f7273696f6e2031303030',
    signature:
      '3df830702a7d3a75d945bd241960e1cb6c3164ad17447ae90a3ae03a2aafaa861bb48781190f1313672cca9d441c13dac94f7d338d6c9082c593372213292d02',
    valid: false,
  },
  {
    name: 'torsion on the key that the challenge cancels',
    publicKey: '99925809d6ffd8a08f90db37512598f0dfb800751c0450710de5bf28190d612b',
    message: '746f7273696f6e203134',
    signature:
      '0cd96f64de10165e274618b2c0cdd21261a853a9e390bec57575ce353b9d4de5c144d9e72b60198fd255dcde79efb675f7c43531df5dbff6b4ae6de1e2d94701',
    valid: true,
  },
  {
    name: 'torsion on the key',
    publicKey: '196ff6520ea45597d0ee37724245bb5df41a1b4e54b526f9cb2971ad00179165',
    message: '746f7273696f6e2030',
    signature:
      '72e6529f8c273f1fc66688cf15ab63195702c173034b6346c210131b79979127818e24c9dae41cda67af9f93faf310779950e6089079637ac84bb69e41c75706',
    valid: false,
  },
  {
    name: 'torsion on the nonce',
    publicKey: '02666d60e992fb742cf9afc5dd85c4d7293a6e05854103dcb78392dd56a3e417',
    message: '746f7273696f6e2030',
    signature:
      '846190442aeae7fd982a87b7959bffdd8c68976cc639a5601195d25f4d13ce3bce64d59e08781ad9761678cbece74bebb8a6133bb21462164d700dc690f1ad07',
    valid: false,
  },
  {
    name: 'torsion on both that cancels',
    publicKey: '196ff6520ea45597d0ee37724245bb5df41a1b4e54b526f9cb2971ad00179165',
    message: '746f7273696f6e2030',
    signature:
      'a578ab6c65a8c74b4f1b3ab3ee5e16dafd8756b3f4bc79201a09e09ff90995fe9353e2f748a54a28b4b225812ac71ad6ea059021465566d3130aa9c330081e04',
    valid: true,
  },
  {
    name: 'torsion on both',
    publicKey: 'c9868c36c8eec518c6174ad86bf55d2860280856a1decbeea6e03426e5438c8b',
    message: '746f7273696f6e2031',
    signature:
      'a30dfd54ab85e48310e670bec4f6b2019f8db8173920d16c47b543ace2935da0c73536c89352799b5369bf5149692ed8fe4129107e9f4f1fa79dd02865d79a07',
    valid: false,
  },
  {
    name: 'R of small order 3, honest key',
    publicKey: '1d14892795549449088f0252e1748474bdd81bb0bd1910737ca3995d6ff4c8bc',
    message: '68616c6620736d616c6c206f72646572',
    signature:
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037ae4107fc1b5dbec0912011d3611febe89fdc38579438a90f3cbcdeaf0e3ef9600',
    valid: false,
  },
  {
    name: 'key of small order 3, honest R',
    publicKey: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    message: '68616c6620736d616c6c206f72646572',
    signature:
      '1d14892795549449088f0252e1748474bdd81bb0bd1910737ca3995d6ff4c8bc250ca56bc99d34709937a649aebba6e6ba88bcde996c0974e5858d474d12c503',
    valid: false,
  },
];

export const SECP256K1_VECTORS: readonly SignatureVector[] = [
  {
    name: 'honest',
    publicKey: '0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c',
    message: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    signature:
      '4777fe6b6f738f981436d51fd0cd09672b523192ee444a6f07d6ec933328194c32d7750ac720f92510e7e57ccceba7598a22b94e36dcc191f86ae3cbc1c7b79b',
    valid: true,
  },
  {
    name: 'high s',
    publicKey: '0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c',
    message: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    signature:
      '4777fe6b6f738f981436d51fd0cd09672b523192ee444a6f07d6ec933328194ccd288af538df06daef181a83331458a5308c2398786bdea9c7677ac10e6e89a6',
    valid: false,
  },
  {
    name: 'r of zero',
    publicKey: '0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c',
    message: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    signature:
      '000000000000000000000000000000000000000000000000000000000000000032d7750ac720f92510e7e57ccceba7598a22b94e36dcc191f86ae3cbc1c7b79b',
    valid: false,
  },
  {
    name: 's of zero',
    publicKey: '0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c',
    message: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    signature:
      '4777fe6b6f738f981436d51fd0cd09672b523192ee444a6f07d6ec933328194c0000000000000000000000000000000000000000000000000000000000000000',
    valid: false,
  },
  {
    name: 'r above the group order',
    publicKey: '0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c',
    message: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    signature:
      'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd036414632d7750ac720f92510e7e57ccceba7598a22b94e36dcc191f86ae3cbc1c7b79b',
    valid: false,
  },
  {
    name: '63 bytes',
    publicKey: '0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c',
    message: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    signature:
      '77fe6b6f738f981436d51fd0cd09672b523192ee444a6f07d6ec933328194c32d7750ac720f92510e7e57ccceba7598a22b94e36dcc191f86ae3cbc1c7b79b',
    valid: false,
  },
  {
    name: 'other digest',
    publicKey: '0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c',
    message: '010003020504070609080b0a0d0c0f0e111013121514171619181b1a1d1c1f1e',
    signature:
      '4777fe6b6f738f981436d51fd0cd09672b523192ee444a6f07d6ec933328194c32d7750ac720f92510e7e57ccceba7598a22b94e36dcc191f86ae3cbc1c7b79b',
    valid: false,
  },
  {
    name: 'key that is no point',
    publicKey: '020000000000000000000000000000000000000000000000000000000000000005',
    message: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    signature:
      '4777fe6b6f738f981436d51fd0cd09672b523192ee444a6f07d6ec933328194c32d7750ac720f92510e7e57ccceba7598a22b94e36dcc191f86ae3cbc1c7b79b',
    valid: false,
  },
  {
    name: 'key of another form',
    publicKey:
      '0424653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c119fc5009a032aa9fe47f5e149bb8442f71f884ccb516590686d8ff6ab91c613',
    message: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    signature:
      '4777fe6b6f738f981436d51fd0cd09672b523192ee444a6f07d6ec933328194c32d7750ac720f92510e7e57ccceba7598a22b94e36dcc191f86ae3cbc1c7b79b',
    valid: false,
  },
];
