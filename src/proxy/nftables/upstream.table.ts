// What kube-proxy itself writes for the first 40 cases of test/arbitraries/proxy-case.ts, as sums:
// the first eight digits of SHA-256 over the texts of all syncs of a case, one after the other.
// Taken from pkg/proxy/nftables of each version, run on the same cases with Go's map orders put
// into the order of names (and ServiceCIDRs known in all versions).

export interface UpstreamRow {
  readonly version: string;
  readonly family: 4 | 6;
  readonly sums: string;
}

export const upstreamTable: readonly UpstreamRow[] = [
  {
    version: '1.32.9',
    family: 4,
    sums:
      '77901fce 787718d0 cd309c81 ab89e487 98209363 f5066cef 1adb77b9 74e0a974 4d2c10e1 5faf50a6 02d23a6d e3dc6871 20c759c2 5e4c9c08 4a59d87c 9af017d0 ca584520 c992c59b a23c7082 410fb3b6 ' +
      '21244660 bd952c54 5154cd95 a8e9ffa6 2709e9cc b466448f d39d5b34 8c7cdb32 9282c93c b1b9302d b8359459 465dfd54 152fc711 fa23eaac 046ad6d8 80cf7bfc d7c86036 eb075a14 e29d0de8 6bde8cb3',
  },
  {
    version: '1.32.9',
    family: 6,
    sums:
      'aa1b3543 0b43a548 50593028 c43d2993 51c58ea7 4894f3a4 21ec7acd 2966cf5b 31d6f1b3 12d22de6 b6db2744 7215fd91 f0441c0a 5c742151 8224be8f 01a3bc3d bcbdc52d 6dcd3297 603605cf 669135ef ' +
      'c471ea76 c0cd3ecf bc2116b6 4419ceae 3ebd6c15 7cbc07f3 a556816b 4fc3b140 55e13a59 15595f51 1e340dac 4f9b94b6 3ba85d60 e3420312 5135d6ae a4dfa782 77e6c14a 967d3af9 de7f8e66 ff966a4b',
  },
  {
    version: '1.33.5',
    family: 4,
    sums:
      '75982278 ee190098 254a1021 7a71c265 1590e5aa e14a96b3 4452c1ae ed449c70 1c581973 3c3607c7 4cf7b680 123c807d 06e61b4e ea58ba84 176c7cd3 eeb7e904 227b229b e2a662ce ab77fca4 73bf6908 ' +
      '1ac1ae81 20e39315 766a862b b1357e24 57215325 6bd428ea 719715b6 18899133 a9a1bfc3 c3601b3e a3b88960 93082c2e d9d80ce4 fb6c51fd 00da9f86 d8a03a11 f185ed2e cf250c5c 9c5eb1c1 432f49bc',
  },
  {
    version: '1.33.5',
    family: 6,
    sums:
      '89a6b967 67cfd93f 2fb378fa 14b35a6b 4e16a03e 81c20bc3 d11c3f86 44f49466 074c17fb 0812a659 e6d06256 d308894d 94ebafc5 71166366 e6b4b540 37610be3 f69d9c5b 4c8bc1d6 dc2f9b5c d38eeea5 ' +
      'a23f9329 d7603afc a17d59e0 53428377 78aafea7 c2e41bbb 48d7118f 91116609 1abf680f 5494ae44 4fcfc945 57caacb3 656739c1 043a9ddf 49074d84 fed87605 f56d46fd d675d75f 764fb429 1f30fc68',
  },
  {
    version: '1.34.1',
    family: 4,
    sums:
      'e8b883a3 5a6bfe8a ac4a759d aa98ddd2 21ad0b0b 521ba79e a70bfd80 7f62ce06 01f40a55 ca7ad675 1cea40a6 4b78a62c 7f9029d8 ff393319 e22ca785 937930cb 1777f2cf b82e8608 a376d81f 57928c1b ' +
      'c466b741 b8822bcf 70d71206 53742a18 ab25f7f1 356c1e45 eac34551 083ecb9f 1e6ebd02 cbc09def 6c700307 ce59d794 29563497 2cdc6038 8f30f10f e3149064 ea6e6c1b ff9c5b5a 7f6f5f2e 98cc78e4',
  },
  {
    version: '1.34.1',
    family: 6,
    sums:
      '30994798 a64ebdbd 4f9f8990 fda75dd1 aae5af7b 3d656632 d7229469 4d652ca4 3c8c320e 75c1be7e 6306103b 1f7fbdbc 32661b60 62aaa1f3 96f34e24 4ead4511 0c76f2b0 660fdb65 35d3c079 c97c6eac ' +
      'de67152a 42ae1c93 2935d8b2 5cf1cb83 b614e2c9 1316b48d 521a819e b4de24e7 87a1ba6a 8e0c05c3 c6348701 9a56684b 8032bc0d a355c330 55d997a8 c782caa8 9a3121d1 072753b2 7114dfc3 a1ab4696',
  },
  {
    version: '1.35.0',
    family: 4,
    sums:
      'e8b883a3 5a6bfe8a ac4a759d aa98ddd2 27affe7f c463e538 a70bfd80 7f62ce06 028502fb 021f2d40 cdaaa450 4b78a62c 6798a5fd ff393319 8f26c7b4 937930cb 1777f2cf b82e8608 00742f6c 0ff7741d ' +
      'c466b741 c10e0808 08701577 53742a18 ab25f7f1 45593351 eac34551 083ecb9f 1e6ebd02 cbc09def 6c700307 ce59d794 29563497 2cdc6038 8f30f10f e3149064 0fb460e7 ff9c5b5a 7f6f5f2e 98cc78e4',
  },
  {
    version: '1.35.0',
    family: 6,
    sums:
      '30994798 a64ebdbd 4f9f8990 fda75dd1 4cc734de 7b291f59 d7229469 4d652ca4 39dca0ce 42ec32da 6d92eb7a 1f7fbdbc 9c2bad3e 62aaa1f3 d03b2288 4ead4511 0c76f2b0 660fdb65 f3dbcf7f bdae1bc7 ' +
      'de67152a a528d7ac 06421684 5cf1cb83 b614e2c9 acac1001 521a819e b4de24e7 87a1ba6a 8e0c05c3 c6348701 9a56684b 8032bc0d a355c330 55d997a8 c782caa8 0ecf42ec 072753b2 7114dfc3 a1ab4696',
  },
  {
    version: '1.36.0',
    family: 4,
    sums:
      '3899e16b 5d0b7374 ba41c03c dd2c33db 417e6ba9 8ae41db1 d6da345e b0b51434 9156a965 bb250c52 ddcd083e 274a3310 22aa0778 81fce923 30688c6a d0eef723 3a418fbf 27fa2d91 3910d762 59ad9083 ' +
      '6da17101 a7857673 8400e43a 5bf62345 25c2bab6 1c2053ef 413105ef 684da5e4 d58311e6 86834261 345bd190 83ee3b57 cf657514 77c9aa38 c36f2099 24a7884c c490596a c6a90112 aee01853 c2ffb83b',
  },
  {
    version: '1.36.0',
    family: 6,
    sums:
      'e7fc68a7 05a2b26b 1b281a57 4c732e14 5fcb3375 88171be3 01d6d8e7 ddec62af 769a63ad 032c016f 60403f18 7d7eea74 88d33c81 9567a4ab 089198d3 2db3175b aba80ba3 625b955d 5184e5c0 5eaa9091 ' +
      'c03e6da5 a5dd5890 f53d9695 5064d23f 38f06f4c 27132002 7ec56f46 9ac01899 bc3d4e14 e558469b db300a2f 6b9babe6 75852e13 b1dd9739 651a3102 e7da2dff 26a41f8f dbb6d24c 56a53efb df806eab',
  },
];
