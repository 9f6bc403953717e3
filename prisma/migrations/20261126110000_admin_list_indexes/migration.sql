-- quittance: allow index-without-concurrently in this file: the release also changes the types of ids, which rewrites these tables

-- Lower-case text without accents, whatever the locale of the database is: with the locale C, lower() only knows ASCII.
CREATE FUNCTION "fold_text"("p_text" text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN octet_length("p_text") = char_length("p_text") THEN lower("p_text" COLLATE "C")
  -- The first list is replaced by the last, character by character. The combining accents between them are removed.
  ELSE translate(lower("p_text" COLLATE "C"),
    U&'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĐĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦĨĩĪīĬ'
    'ĭĮįİĲĴĵĶķĹĺĻļĽľĿŁŃńŅņŇňŊŌōŎŏŐőŒŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƠơƢƤƦƧƩ'
    'ƬƮƯưƱƲƳƵƷƸƼǄǅǇǈǊǋǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǞǟǠǡǢǣǤǦǧǨǩǪǫǬǭǮǯǰǱǲǴǵǶǷǸǹǺǻǼǽǾǿȀȁȂȃȄȅȆȇȈȉȊȋȌȍȎȏȐȑȒȓȔȕȖȗȘșȚțȜȞȟȠȢȤȦ'
    'ȧȨȩȪȫȬȭȮȯȰȱȲȳȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲʹͶͿΆΈΉΊΌΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίΰϊϋόύώϏϓϔϘϚϜϞϠϢϤϦϨϪϬϮϴϷϹϺϽϾϿЀЁЂ'
    'ЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯйѐёѓїќѝўѠѢѤѦѨѪѬѮѰѲѴѶѷѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӁ'
    'ӂӃӅӇӉӋӍӐӑӒӓӔӖӗӘӚӛӜӝӞӟӠӢӣӤӥӦӧӨӪӫӬӭӮӯӰӱӲӳӴӵӶӸӹӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍ'
    'ՎՏՐՑՒՓՔՕՖḀḁḂḃḄḅḆḇḈḉḊḋḌḍḎḏḐḑḒḓḔḕḖḗḘḙḚḛḜḝḞḟḠḡḢḣḤḥḦḧḨḩḪḫḬḭḮḯḰḱḲḳḴḵḶḷḸḹḺḻḼḽḾḿṀṁṂṃṄṅṆṇṈṉṊṋṌṍṎṏṐṑṒṓṔṕṖṗṘṙṚ'
    'ṛṜṝṞṟṠṡṢṣṤṥṦṧṨṩṪṫṬṭṮṯṰṱṲṳṴṵṶṷṸṹṺṻṼṽṾṿẀẁẂẃẄẅẆẇẈẉẊẋẌẍẎẏẐẑẒẓẔẕẖẗẘẙẛẞẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂ'
    'ểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹỺỼỾ\0300\0301\0302\0303\0304\0305\0306\0307\0308\0309\030a\030b\030c\030d\030e\030f\0310\0311\0312\0313\0314\0315\0316\0317\0318\0319\031a\031b\031c\031d\031e\031f\0320\0321\0322\0323\0324\0325\0326\0327\0328\0329'
    '\032a\032b\032c\032d\032e\032f\0330\0331\0332\0333\0334\0335\0336\0337\0338\0339\033a\033b\033c\033d\033e\033f\0340\0341\0342\0343\0344\0345\0346\0347\0348\0349\034a\034b\034c\034d\034e\034f\0350\0351\0352\0353\0354\0355\0356\0357\0358\0359\035a\035b\035c\035d\035e\035f\0360\0361\0362\0363\0364\0365\0366\0367\0368\0369\036a\036b\036c\036d\036e\036f',
    'aaaaaaæceeeeiiiiðnoooooøuuuuyþaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddđeeeeeeeeeegggggggghhħiiiii'
    'iiiiĳjjkkllllllŀłnnnnnnŋooooooœrrrrrrssssssssttttŧuuuuuuuuuuuuwwyyyzzzzzzɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵooƣƥʀƨʃ'
    'ƭʈuuʊʋƴƶʒƹƽǆǆǉǉǌǌaaiioouuuuuuuuuuaaaaææǥggkkooooʒʒjǳǳggƕƿnnaaææøøaaaaeeeeiiiioooorrrruuuussttȝhhƞȣȥa'
    'aeeooooooooyyⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳʹͷϳαεηιουωιαβγδεζηθικλμνξοπρστυφχψωιυαεηιυιυουωϗϒϒϙϛϝϟϡϣϥϧϩϫϭϯθϸϲϻͻͼͽееђ'
    'гєѕііјљњћкиуџабвгдежзииклмнопрстуфхцчшщъыьэюяиеегікиуѡѣѥѧѩѫѭѯѱѳѵѵѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏж'
    'жӄӆӈӊӌӎааааӕееәәәжжззӡииииооөөөээууууууччӷыыӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռս'
    'վտրցւփքօֆaabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrr'
    'rrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyſßaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeee'
    'eeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyỻỽỿ')
END;

-- The words of a text. Characters of ASCII other than letters and digits separate them, and other spaces and punctuation.
-- A word has at most 2046 bytes, which 500 characters cannot exceed.
CREATE FUNCTION "search_words"("p_text" text) RETURNS tsvector IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN array_to_tsvector(array_remove(regexp_split_to_array("fold_text"(left("p_text", 500)),
  '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u3000]+' COLLATE "C"), ''));

-- Matches a text if each of the given words begins a word of it. NULL, which matches nothing, if no word is given.
CREATE FUNCTION "search_query"("p_text" text) RETURNS tsquery IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN (SELECT string_agg('''' || "word" || ''':*', ' & ')::tsquery FROM unnest(tsvector_to_array("search_words"("p_text"))) AS "word");

-- Search.
CREATE INDEX "users_search_words_idx" ON "users" USING gin ("search_words"(coalesce("email", '') || ' ' || coalesce("name", '')));
CREATE INDEX "organisations_search_words_idx" ON "organisations" USING gin ("search_words"("name"));

-- Sort orders.
CREATE INDEX "users_created_at_id_idx" ON "users" ("created_at" DESC, "id" DESC);
CREATE INDEX "users_folded_name_idx" ON "users" (("fold_text"(left(coalesce("name", ''), 200)) COLLATE "C"), "id");
CREATE INDEX "organisations_created_at_id_idx" ON "organisations" ("created_at" DESC, "id" DESC);
CREATE INDEX "organisations_folded_name_idx" ON "organisations" (("fold_text"(left("name", 200)) COLLATE "C"), "id");
CREATE INDEX "subscriptions_created_at_id_idx" ON "subscriptions" ("created_at" DESC, "id" DESC);
CREATE INDEX "refunds_created_at_id_idx" ON "refunds" ("created_at" DESC, "id" DESC);
CREATE INDEX "invoices_credit_notes_issued_at_id_idx" ON "invoices" ("issued_at" DESC, "id" DESC) WHERE "kind" = 'CREDIT_NOTE';

-- Filters, each in the sort order of its list.
CREATE INDEX "orders_reason_placed_at_id_idx" ON "orders" ("reason", "placed_at" DESC, "id" DESC);
CREATE INDEX "orders_plan_id_placed_at_id_idx" ON "orders" ("plan_id", "placed_at" DESC, "id" DESC) WHERE "plan_id" IS NOT NULL;
CREATE INDEX "invoices_status_issued_at_id_idx" ON "invoices" ("status", "issued_at" DESC, "id" DESC) WHERE "kind" <> 'CREDIT_NOTE';
CREATE INDEX "subscriptions_status_created_at_id_idx" ON "subscriptions" ("status", "created_at" DESC, "id" DESC);
CREATE INDEX "subscriptions_plan_id_created_at_id_idx" ON "subscriptions" ("plan_id", "created_at" DESC, "id" DESC);
CREATE INDEX "refunds_status_created_at_id_idx" ON "refunds" ("status", "created_at" DESC, "id" DESC);
