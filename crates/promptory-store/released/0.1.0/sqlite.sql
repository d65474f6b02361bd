CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES (1, 'registry', '2026-11-21 06:29:55', 1, X'02A13CF94B0E4E61FF33F199480FE758ACE48F1D011D34D5B94E06B17A1A3E5F80F16E118A998C1B75269AC0720AD461', 4204757);
INSERT INTO _sqlx_migrations VALUES (2, 'versioning', '2026-11-21 06:29:55', 1, X'1D09A97FC89ACCC66AB84ECFA622C9BEB02C8CADF996979E4459116ABF33FBCECC17058A030C6780295B46AEBC1435EB', 4663176);
CREATE TABLE access_key (
    id             key_text NOT NULL PRIMARY KEY,
    project_id     key_text NOT NULL REFERENCES project (id),
    name           TEXT     NOT NULL,
    prefix         TEXT     NOT NULL,
    hash           key_text NOT NULL UNIQUE,
    scopes         TEXT     NOT NULL,
    environment    key_text,
    instance_admin BOOLEAN  NOT NULL,
    created_by     TEXT     NOT NULL,
    created_at     BIGINT   NOT NULL,
    expires_at     BIGINT,
    revoked_at     BIGINT
);
INSERT INTO access_key VALUES ('01a1f868-cc20-76b0-87e5-85fe96602c9d', '01a1f866-0d00-718f-aca6-1637857a39e2', 'read', 'pk_4f594af3', '785be6dfd741c00e113d8f40edeffd34d7cf236187aeaf3355940dcdede580a0', 'read', NULL, 0, 'administrator', 1795168980000010, NULL, NULL);
INSERT INTO access_key VALUES ('01a1f868-cc20-7f40-a64f-ca85ef5b3508', '01a1f866-0d00-718f-aca6-1637857a39e2', 'revoked', 'pk_3f8e2889', '7834475b86c61731d697f4c11274d2ac32d8cd6bc50004556bd63fa5371b1e01', 'read', NULL, 0, 'administrator', 1795168980000011, NULL, 1795168980000012);
CREATE TABLE audit (
    project_id  key_text NOT NULL REFERENCES project (id),
    n           BIGINT   NOT NULL,
    at          BIGINT   NOT NULL,
    actor       TEXT     NOT NULL,
    actor_name  TEXT     NOT NULL,
    action      TEXT     NOT NULL,
    prompt_id   key_text,
    prompt      TEXT,
    environment key_text,
    address     TEXT,
    request_id  TEXT,
    detail      TEXT     NOT NULL,
    hash        key_text NOT NULL,
    PRIMARY KEY (project_id, n)
);
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 1, 1795168800000001, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-74d3-a18f-d89fe0f790e4', 'shared/tone', NULL, '127.0.0.1', '01a1f866-0d00-77f2-abc1-7b3287c8b6a8', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd","note":"","warnings":[],"activated":null}}', 'ffa43684fdd2799f19f1accff67bc05c66f062dfb9db62c6098e67f8e785aa10');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 2, 1795168800000002, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-74d3-a18f-d89fe0f790e4', 'shared/tone', 'production', '127.0.0.1', '01a1f866-0d00-79d1-bb12-fe016eb31a11', '{"deployment":"01a1f866-0d00-7c3c-b490-d89da7459dc6","from":null,"to":"1.0.0","content_hash":"sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd","build_hash":"sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa","direction":"forward","reason":""}', '0395930d71932ab3f50715922372bee96ee7dae49126bc84f049b0d78bb5359b');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 3, 1795168800000003, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-720b-861d-a9927ade753b', 'chat', NULL, '127.0.0.1', '01a1f866-0d00-7dbe-b060-2adff8aa47c7', '{"kind":"chat","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663","note":"","warnings":[],"activated":null}}', '2584cd7705e5a45b3cf6507ec0a8152e7863802f22458900c6ef42f8b59a10f2');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 4, 1795168800000004, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-720b-861d-a9927ade753b', 'chat', 'production', '127.0.0.1', '01a1f866-0d00-7df6-a1a3-3afe06bb9d41', '{"deployment":"01a1f866-0d00-7c47-929e-901ae1414fbc","from":null,"to":"1.0.0","content_hash":"sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663","build_hash":"sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46","direction":"forward","reason":""}', 'ebbad412db163fb5059208980fe930ba288a1f457ad9f3e4d51dbe43af5e492c');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 5, 1795168800000005, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', NULL, '127.0.0.1', '01a1f866-0d00-7151-92d7-bedb6d97dbb6', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","note":"","warnings":[],"activated":null}}', '17bdd060b5cd5917132847f4e6a6ea291779497f394d11a331d569aad33b515b');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 6, 1795168860000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', 'production', '127.0.0.1', '01a1f866-f760-74b5-9795-7381eeed48ff', '{"deployment":"01a1f866-f760-7ab1-a54b-a2198427e373","from":null,"to":"1.0.0","content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","build_hash":"sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774","direction":"forward","reason":""}', '39e6452ac8cb2c7a2e8d493bba24cfb43668f9347ada31f765e01129c995334e');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 7, 1795168860000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', NULL, '127.0.0.1', '01a1f866-f760-7cd1-8dc7-c28d83c88b0f', '{"version":"1.0.1","sequence":2,"content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e","note":"","warnings":[],"activated":null}', '441e88e439591bbe4a43fe5373d83ccbd6f2775a5b5b32dc59dd2d9df911a805');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 8, 1795168920000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', 'production', '127.0.0.1', '01a1f867-e1c0-760b-974e-1b6b00a7eb1b', '{"deployment":"01a1f867-e1c0-75a9-9adb-48657d4d3fff","from":"1.0.0","to":"1.0.1","content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e","build_hash":"sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed","direction":"forward","reason":""}', '7af42001becf84638174f86bb45911f042338325516cb5e99e28522009411545');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 9, 1795168920000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', NULL, '127.0.0.1', '01a1f867-e1c0-7238-bd4e-2c5674c5949c', '{"version":"1.0.2","sequence":3,"content_hash":"sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f","note":"","warnings":[],"activated":null}', 'f468b7e2869b04272da9c61a9652b0c7e4c55e240c0b6e192a3df997d7b34992');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 10, 1795168980000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', 'production', '127.0.0.1', '01a1f868-cc20-7f5d-96a3-40061239a98d', '{"deployment":"01a1f868-cc20-7048-a2bb-2b57d2ee7ef8","from":"1.0.1","to":"1.0.0","content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","build_hash":"sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774","direction":"back","reason":""}', '2e5f484f73e9df695b48d26f2359121e86dde8949d5a34c5b929a2f918358dc8');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 11, 1795168980000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-7d37-83b0-92c65c964b43', '{"version":"1.0.3","sequence":4,"content_hash":"sha256:e581daadac4b1e56a44e50bb5ddb761b8b8d086a6fd2c421555a867084382da9","note":"","warnings":[],"activated":null}', 'b5ed159bc2aabef11325790eac29a8349cda0985db008fb9f044f498296d4e87');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 12, 1795168980000002, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', 'staging', '127.0.0.1', '01a1f868-cc20-72e0-bccb-b74cc17eb2e9', '{"deployment":"01a1f868-cc20-74d2-b40e-95a8b8761202","from":null,"to":"1.0.2","content_hash":"sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f","build_hash":"sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3","direction":"forward","reason":""}', 'a0c953549349cc960701ff80d4fe90db4947dc2d710c2746c9be4fff4f728c74');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 13, 1795168980000003, 'admin', 'administrator', 'label.put', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-7557-86ae-9a42080564cc', '{"label":"stable","from":null,"to":"1.0.1","content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e"}', '70fe086d09b10d3f80cd593a2d98e00a1456fb98c5a54e6c4670b8bc398e8bf6');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 14, 1795168980000004, 'admin', 'administrator', 'sample.put', '01a1f866-0d00-7982-bfab-6e15007cc203', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-73c0-a5ea-9aa783cdf3d3', '{"sample":"ada","variables":["name"],"new":true}', '0017d5d559dfd4e181a5f7fe1dfe561810102000624f508ae217258c2ec46e4f');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 15, 1795168980000005, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-7f1b-8542-d94e7edab232', 'old-name', NULL, '127.0.0.1', '01a1f868-cc20-7dac-945e-fa2c1a5cf8a7', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b","note":"","warnings":[],"activated":null}}', '6b03c82243fa40276b83da7f2144e6f17868a3651d9fdf1e2bfd74f00f383398');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 16, 1795168980000006, 'admin', 'administrator', 'prompt.update', '01a1f868-cc20-7f1b-8542-d94e7edab232', 'new-name', NULL, '127.0.0.1', '01a1f868-cc20-720a-8633-e559dc57d4d1', '{"before":{"name":"old-name","description":"","category":"","owner":"","tags":[],"metadata":{}},"after":{"name":"new-name","description":"","category":"","owner":"","tags":[],"metadata":{}}}', '890835b0e69d70016ffff1ac94b23a56b7986447ac51e27cb84fa9b3d682c91b');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 17, 1795168980000007, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-7720-82f1-dfb61923a0ed', 'gone', NULL, '127.0.0.1', '01a1f868-cc20-711b-85aa-bbd281939c31', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b","note":"","warnings":[],"activated":null}}', '14ffa407dc3ac959e9643bab79f6ba9c531f5d0654e3b0b65b0d4bc28b2a8848');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 18, 1795168980000008, 'admin', 'administrator', 'prompt.archive', '01a1f868-cc20-7720-82f1-dfb61923a0ed', 'gone', NULL, '127.0.0.1', '01a1f868-cc20-7410-a35d-9fe457997786', '{"live_in":[]}', 'f65cb25f86ff74be2fb6f9fcfd25da56f4f6702a69f680c1544a9006bc1e5d44');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 19, 1795168980000009, 'admin', 'administrator', 'environment.update', NULL, NULL, 'staging', '127.0.0.1', '01a1f868-cc20-7b37-b520-6cba119dd950', '{"before":{"rollback":"allowed"},"after":{"rollback":"fix_forward"}}', 'bebcd151d5636464d3413fea590c5f2adc76c84824c105607ac39fc1066b4f34');
INSERT INTO audit VALUES ('00000000-0000-0000-0000-000000000000', 1, 1795168980000000, 'admin', 'administrator', 'project.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-79b6-9ae6-94f3d3977c4d', '{"id":"01a1f868-cc20-70c2-a481-de3910832d30","name":"second"}', 'bf331f911ef61400f4f49e7d62b16ce5f351a71742d10f098a0e77f08a9545cf');
INSERT INTO audit VALUES ('01a1f868-cc20-70c2-a481-de3910832d30', 1, 1795168980000001, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-76bf-a2be-23df03dcd645', 'p', NULL, '127.0.0.1', '01a1f868-cc20-7680-bd4b-0b1a5c9e8954', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:2560b6a3114aff866d4a22407b75a525cd92e88bacef07f5b485335a8bf3ca53","note":"","warnings":[],"activated":null}}', '192592f57a9ebce1531bd9d6be75b29982c7635ce6a27ca3b80804f62e93570e');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 20, 1795168980000010, 'admin', 'administrator', 'key.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-79c1-b768-4bc5295f415d', '{"id":"01a1f868-cc20-76b0-87e5-85fe96602c9d","name":"read","prefix":"pk_4f594af3","scopes":"read","environment":null,"expires_at":null}', 'f8d4027143dbb026a2c5e605ae6cc902eb8f62bece5a03c402637bb5694cbca3');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 21, 1795168980000011, 'admin', 'administrator', 'key.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7a1d-8342-b2755837721d', '{"id":"01a1f868-cc20-7f40-a64f-ca85ef5b3508","name":"revoked","prefix":"pk_3f8e2889","scopes":"read","environment":null,"expires_at":null}', '27a162e639f35f96d4a615c49f9b622c7a207eb5204a547d353edc086efe6b12');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 22, 1795168980000012, 'admin', 'administrator', 'key.revoke', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-703e-9f51-682f5301ca16', '{"id":"01a1f868-cc20-7f40-a64f-ca85ef5b3508","name":"revoked","prefix":"pk_3f8e2889"}', '16f954e42d4fc51cc44a5a7785a4a957cb99816a7ffd421a7506a6d0c6c730e0');
INSERT INTO audit VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 23, 1795168980000013, 'pk_4f594af3', 'pk_4f594af3', 'denied', NULL, NULL, NULL, '127.0.0.1', NULL, '{"route":"POST /api/v1/prompts","code":"forbidden","times":1}', '6136bbc57dd70cedc8dfd77db77331a598ccf8910f1e1907959ce4c92e6b4e21');
CREATE TABLE build_include (
    version_id  key_text NOT NULL REFERENCES version (id),
    build_hash  key_text NOT NULL,
    ordinal     BIGINT   NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    included_id key_text NOT NULL REFERENCES version (id),
    -- Of the included prompt when the build was made.
    name        key_text NOT NULL,
    PRIMARY KEY (version_id, build_hash, ordinal)
);
INSERT INTO build_include VALUES ('01a1f866-0d00-712d-a7b3-65969a680ed6', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 0, '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7b06-8784-438045795361', 'shared/tone');
CREATE TABLE change (
    project_id    key_text NOT NULL REFERENCES project (id),
    revision      BIGINT   NOT NULL,
    ordinal       BIGINT   NOT NULL,
    at            BIGINT   NOT NULL,
    kind          TEXT     NOT NULL,
    prompt_id     key_text,
    environment   key_text,
    version_id    key_text,
    deployment_id key_text,
    build_hash    key_text,
    detail        TEXT     NOT NULL,
    PRIMARY KEY (project_id, revision, ordinal)
);
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 1, 1, 1795168800000001, 'version', '01a1f866-0d00-74d3-a18f-d89fe0f790e4', NULL, '01a1f866-0d00-7b06-8784-438045795361', NULL, NULL, '{"version":"01a1f866-0d00-7b06-8784-438045795361","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 1, 0, 1795168800000001, 'prompt', '01a1f866-0d00-74d3-a18f-d89fe0f790e4', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-74d3-a18f-d89fe0f790e4","name":"shared/tone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000001,"updated_at":1795168800000001,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 2, 0, 1795168800000002, 'live', '01a1f866-0d00-74d3-a18f-d89fe0f790e4', 'production', '01a1f866-0d00-7b06-8784-438045795361', '01a1f866-0d00-7c3c-b490-d89da7459dc6', 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 3, 1, 1795168800000003, 'version', '01a1f866-0d00-720b-861d-a9927ade753b', NULL, '01a1f866-0d00-712d-a7b3-65969a680ed6', NULL, NULL, '{"version":"01a1f866-0d00-712d-a7b3-65969a680ed6","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 3, 0, 1795168800000003, 'prompt', '01a1f866-0d00-720b-861d-a9927ade753b', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-720b-861d-a9927ade753b","name":"chat","kind":"chat","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000003,"updated_at":1795168800000003,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 4, 0, 1795168800000004, 'live', '01a1f866-0d00-720b-861d-a9927ade753b', 'production', '01a1f866-0d00-712d-a7b3-65969a680ed6', '01a1f866-0d00-7c47-929e-901ae1414fbc', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 5, 1, 1795168800000005, 'version', '01a1f866-0d00-7982-bfab-6e15007cc203', NULL, '01a1f866-0d00-73f7-a80c-b6353ac1524d', NULL, NULL, '{"version":"01a1f866-0d00-73f7-a80c-b6353ac1524d","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 5, 0, 1795168800000005, 'prompt', '01a1f866-0d00-7982-bfab-6e15007cc203', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-7982-bfab-6e15007cc203","name":"support/reply","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000005,"updated_at":1795168800000005,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 6, 0, 1795168860000000, 'live', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-0d00-73f7-a80c-b6353ac1524d', '01a1f866-f760-7ab1-a54b-a2198427e373', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 7, 0, 1795168860000001, 'version', '01a1f866-0d00-7982-bfab-6e15007cc203', NULL, '01a1f866-f760-7d7c-a89f-ec6c27438243', NULL, NULL, '{"version":"01a1f866-f760-7d7c-a89f-ec6c27438243","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 8, 0, 1795168920000000, 'live', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-f760-7d7c-a89f-ec6c27438243', '01a1f867-e1c0-75a9-9adb-48657d4d3fff', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 9, 0, 1795168920000001, 'version', '01a1f866-0d00-7982-bfab-6e15007cc203', NULL, '01a1f867-e1c0-7947-b117-ba5aa267da6c', NULL, NULL, '{"version":"01a1f867-e1c0-7947-b117-ba5aa267da6c","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 10, 0, 1795168980000000, 'live', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-0d00-73f7-a80c-b6353ac1524d', '01a1f868-cc20-7048-a2bb-2b57d2ee7ef8', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', '{"back":true}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 11, 0, 1795168980000001, 'version', '01a1f866-0d00-7982-bfab-6e15007cc203', NULL, '01a1f868-cc20-7994-8bf6-bc20543a8b65', NULL, NULL, '{"version":"01a1f868-cc20-7994-8bf6-bc20543a8b65","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 12, 0, 1795168980000002, 'live', '01a1f866-0d00-7982-bfab-6e15007cc203', 'staging', '01a1f867-e1c0-7947-b117-ba5aa267da6c', '01a1f868-cc20-74d2-b40e-95a8b8761202', 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 13, 0, 1795168980000003, 'label', '01a1f866-0d00-7982-bfab-6e15007cc203', NULL, '01a1f866-f760-7d7c-a89f-ec6c27438243', NULL, NULL, '{"name":"stable"}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 14, 0, 1795168980000004, 'other', '01a1f866-0d00-7982-bfab-6e15007cc203', NULL, NULL, NULL, NULL, '{}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 15, 1, 1795168980000005, 'version', '01a1f868-cc20-7f1b-8542-d94e7edab232', NULL, '01a1f868-cc20-7d7e-8e72-910c50b41cc2', NULL, NULL, '{"version":"01a1f868-cc20-7d7e-8e72-910c50b41cc2","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 15, 0, 1795168980000005, 'prompt', '01a1f868-cc20-7f1b-8542-d94e7edab232', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7f1b-8542-d94e7edab232","name":"old-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000005,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 16, 1, 1795168980000006, 'prompt', '01a1f868-cc20-7f1b-8542-d94e7edab232', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7f1b-8542-d94e7edab232","name":"new-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000006,"archived_at":null,"former":[{"name":"old-name","until":1795168980000006}]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 16, 0, 1795168980000006, 'prompt', '01a1f868-cc20-7f1b-8542-d94e7edab232', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7f1b-8542-d94e7edab232","name":"old-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000006,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 17, 1, 1795168980000007, 'version', '01a1f868-cc20-7720-82f1-dfb61923a0ed', NULL, '01a1f868-cc20-7950-ae6a-f6d2fd2e219f', NULL, NULL, '{"version":"01a1f868-cc20-7950-ae6a-f6d2fd2e219f","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 17, 0, 1795168980000007, 'prompt', '01a1f868-cc20-7720-82f1-dfb61923a0ed', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7720-82f1-dfb61923a0ed","name":"gone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000007,"updated_at":1795168980000007,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 18, 0, 1795168980000008, 'prompt', '01a1f868-cc20-7720-82f1-dfb61923a0ed', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7720-82f1-dfb61923a0ed","name":"gone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000007,"updated_at":1795168980000008,"archived_at":1795168980000008,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 19, 0, 1795168980000009, 'environment', NULL, NULL, NULL, NULL, NULL, '{"name":"staging","position":2,"production":false,"rollback":"fix_forward"}');
INSERT INTO change VALUES ('00000000-0000-0000-0000-000000000000', 1, 0, 1795168980000000, 'project', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-70c2-a481-de3910832d30","name":"second"}');
INSERT INTO change VALUES ('01a1f868-cc20-70c2-a481-de3910832d30', 1, 1, 1795168980000001, 'version', '01a1f868-cc20-76bf-a2be-23df03dcd645', NULL, '01a1f868-cc20-7857-9e95-270ed2abc95a', NULL, NULL, '{"version":"01a1f868-cc20-7857-9e95-270ed2abc95a","archived":false}');
INSERT INTO change VALUES ('01a1f868-cc20-70c2-a481-de3910832d30', 1, 0, 1795168980000001, 'prompt', '01a1f868-cc20-76bf-a2be-23df03dcd645', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-76bf-a2be-23df03dcd645","name":"p","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000001,"updated_at":1795168980000001,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 20, 0, 1795168980000010, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-76b0-87e5-85fe96602c9d","name":"read","prefix":"pk_4f594af3","hash":"785be6dfd741c00e113d8f40edeffd34d7cf236187aeaf3355940dcdede580a0","scopes":"read","environment":null,"instance_admin":false,"expires_at":null}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 21, 0, 1795168980000011, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7f40-a64f-ca85ef5b3508","name":"revoked","prefix":"pk_3f8e2889","hash":"7834475b86c61731d697f4c11274d2ac32d8cd6bc50004556bd63fa5371b1e01","scopes":"read","environment":null,"instance_admin":false,"expires_at":null}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 22, 0, 1795168980000012, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7f40-a64f-ca85ef5b3508","hash":"7834475b86c61731d697f4c11274d2ac32d8cd6bc50004556bd63fa5371b1e01","revoked":true}');
INSERT INTO change VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 23, 0, 1795168980000013, 'other', NULL, NULL, NULL, NULL, NULL, '{}');
CREATE TABLE deployment (
    id              key_text NOT NULL PRIMARY KEY,
    project_id      key_text NOT NULL REFERENCES project (id),
    prompt_id       key_text NOT NULL REFERENCES prompt (id),
    environment     key_text NOT NULL,
    version_id      key_text NOT NULL REFERENCES version (id),
    from_version_id key_text          REFERENCES version (id),
    build_hash      key_text NOT NULL,
    state           TEXT     NOT NULL,
    strategy        TEXT     NOT NULL,
    direction       TEXT     NOT NULL,
    reason          TEXT     NOT NULL,
    actor           TEXT     NOT NULL,
    created_at      BIGINT   NOT NULL,
    ended_at        BIGINT,
    revision        BIGINT   NOT NULL
);
INSERT INTO deployment VALUES ('01a1f866-0d00-7c3c-b490-d89da7459dc6', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-74d3-a18f-d89fe0f790e4', 'production', '01a1f866-0d00-7b06-8784-438045795361', NULL, 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', 'completed', 'immediate', 'forward', '', 'administrator', 1795168800000002, NULL, 2);
INSERT INTO deployment VALUES ('01a1f866-0d00-7c47-929e-901ae1414fbc', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-720b-861d-a9927ade753b', 'production', '01a1f866-0d00-712d-a7b3-65969a680ed6', NULL, 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 'completed', 'immediate', 'forward', '', 'administrator', 1795168800000004, NULL, 4);
INSERT INTO deployment VALUES ('01a1f866-f760-7ab1-a54b-a2198427e373', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-0d00-73f7-a80c-b6353ac1524d', NULL, 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'completed', 'immediate', 'forward', '', 'administrator', 1795168860000000, 1795168920000000, 6);
INSERT INTO deployment VALUES ('01a1f867-e1c0-75a9-9adb-48657d4d3fff', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-f760-7d7c-a89f-ec6c27438243', '01a1f866-0d00-73f7-a80c-b6353ac1524d', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', 'completed', 'immediate', 'forward', '', 'administrator', 1795168920000000, 1795168980000000, 8);
INSERT INTO deployment VALUES ('01a1f868-cc20-7048-a2bb-2b57d2ee7ef8', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-0d00-73f7-a80c-b6353ac1524d', '01a1f866-f760-7d7c-a89f-ec6c27438243', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'completed', 'immediate', 'back', '', 'administrator', 1795168980000000, NULL, 10);
INSERT INTO deployment VALUES ('01a1f868-cc20-74d2-b40e-95a8b8761202', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 'staging', '01a1f867-e1c0-7947-b117-ba5aa267da6c', NULL, 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', 'completed', 'immediate', 'forward', '', 'administrator', 1795168980000002, NULL, 12);
CREATE TABLE environment (
    project_id key_text NOT NULL REFERENCES project (id),
    name       key_text NOT NULL,
    position   BIGINT   NOT NULL,
    production BOOLEAN  NOT NULL,
    created_at BIGINT   NOT NULL, rollback TEXT NOT NULL DEFAULT 'allowed',
    PRIMARY KEY (project_id, name)
);
INSERT INTO environment VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 'development', 1, 0, 1795168800000000, 'allowed');
INSERT INTO environment VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 'staging', 2, 0, 1795168800000000, 'fix_forward');
INSERT INTO environment VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 'production', 3, 1, 1795168800000000, 'allowed');
INSERT INTO environment VALUES ('01a1f868-cc20-70c2-a481-de3910832d30', 'development', 1, 0, 1795168980000000, 'allowed');
INSERT INTO environment VALUES ('01a1f868-cc20-70c2-a481-de3910832d30', 'staging', 2, 0, 1795168980000000, 'allowed');
INSERT INTO environment VALUES ('01a1f868-cc20-70c2-a481-de3910832d30', 'production', 3, 1, 1795168980000000, 'allowed');
CREATE TABLE idempotency (
    project_id key_text NOT NULL REFERENCES project (id),
    actor      key_text NOT NULL,
    route      key_text NOT NULL,
    name       key_text NOT NULL,
    body_hash  TEXT     NOT NULL,
    status     BIGINT   NOT NULL,
    answer     TEXT     NOT NULL,
    created_at BIGINT   NOT NULL,
    PRIMARY KEY (project_id, actor, route, name)
);
INSERT INTO idempotency VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 'admin', 'POST /api/v1/prompts', 'first', '4e3db4caa775ec56430e471008209be6e60330a48de6094fc6d1053ae32b20f8', 201, '{"id":"01a1f866-0d00-720b-861d-a9927ade753b","name":"chat","kind":"chat","description":"","category":"","tags":[],"owner":"","metadata":{},"archived":false,"live":{},"latest":{"version":"1.0.0","sequence":1,"created_at":"2026-11-20T10:00:00.000Z"},"created_by":"administrator","created_at":"2026-11-20T10:00:00.000Z","updated_at":"2026-11-20T10:00:00.000Z"}', 1795168800000003);
CREATE TABLE include (
    version_id  key_text NOT NULL REFERENCES version (id),
    ordinal     BIGINT   NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    name        key_text NOT NULL,
    name_folded key_text NOT NULL,
    reference   TEXT,
    PRIMARY KEY (version_id, ordinal)
);
INSERT INTO include VALUES ('01a1f866-0d00-712d-a7b3-65969a680ed6', 0, '01a1f866-0d00-718f-aca6-1637857a39e2', 'shared/tone', 'shared/tone', NULL);
CREATE TABLE label (
    prompt_id  key_text NOT NULL REFERENCES prompt (id),
    name       key_text NOT NULL,
    project_id key_text NOT NULL REFERENCES project (id),
    version_id key_text NOT NULL REFERENCES version (id),
    updated_by TEXT     NOT NULL,
    updated_at BIGINT   NOT NULL,
    revision   BIGINT   NOT NULL,
    PRIMARY KEY (prompt_id, name)
);
INSERT INTO label VALUES ('01a1f866-0d00-7982-bfab-6e15007cc203', 'stable', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-f760-7d7c-a89f-ec6c27438243', 'administrator', 1795168980000003, 13);
CREATE TABLE live (
    deployment_id key_text NOT NULL PRIMARY KEY REFERENCES deployment (id),
    project_id    key_text NOT NULL REFERENCES project (id),
    prompt_id     key_text NOT NULL REFERENCES prompt (id),
    environment   key_text NOT NULL,
    version_id    key_text NOT NULL REFERENCES version (id),
    build_hash    key_text NOT NULL,
    since         BIGINT   NOT NULL,
    until         BIGINT,
    revision      BIGINT   NOT NULL, taken_back BOOLEAN NOT NULL DEFAULT FALSE,
    FOREIGN KEY (project_id, environment) REFERENCES environment (project_id, name)
);
INSERT INTO live VALUES ('01a1f866-0d00-7c3c-b490-d89da7459dc6', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-74d3-a18f-d89fe0f790e4', 'production', '01a1f866-0d00-7b06-8784-438045795361', 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', 1795168800000002, NULL, 2, 0);
INSERT INTO live VALUES ('01a1f866-0d00-7c47-929e-901ae1414fbc', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-720b-861d-a9927ade753b', 'production', '01a1f866-0d00-712d-a7b3-65969a680ed6', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 1795168800000004, NULL, 4, 0);
INSERT INTO live VALUES ('01a1f866-f760-7ab1-a54b-a2198427e373', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-0d00-73f7-a80c-b6353ac1524d', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 1795168860000000, 1795168920000000, 6, 0);
INSERT INTO live VALUES ('01a1f867-e1c0-75a9-9adb-48657d4d3fff', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-f760-7d7c-a89f-ec6c27438243', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', 1795168920000000, 1795168980000000, 8, 1);
INSERT INTO live VALUES ('01a1f868-cc20-7048-a2bb-2b57d2ee7ef8', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 'production', '01a1f866-0d00-73f7-a80c-b6353ac1524d', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 1795168980000000, NULL, 10, 0);
INSERT INTO live VALUES ('01a1f868-cc20-74d2-b40e-95a8b8761202', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 'staging', '01a1f867-e1c0-7947-b117-ba5aa267da6c', 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', 1795168980000002, NULL, 12, 0);
CREATE TABLE meta (
    name  key_text NOT NULL PRIMARY KEY,
    value TEXT     NOT NULL
);
INSERT INTO meta VALUES ('oldest_binary', '0.1.0');
INSERT INTO meta VALUES ('epoch', 'd61f6d5a0b073b0f');
INSERT INTO meta VALUES ('token_key', '9e0c513102cc6e27fd6eb9f710915dc2112c01c699640ba594fb1d721032e3cb');
CREATE TABLE node (
    id               key_text NOT NULL,
    project_id       key_text NOT NULL,
    applied_revision BIGINT   NOT NULL,
    seen_at          BIGINT   NOT NULL,
    PRIMARY KEY (id, project_id)
);
INSERT INTO node VALUES ('01a1f866-0d00-78b7-b8ac-771d8324ab31', '01a1f866-0d00-718f-aca6-1637857a39e2', 22, 1795168980000000);
INSERT INTO node VALUES ('01a1f866-0d00-78b7-b8ac-771d8324ab31', '01a1f868-cc20-70c2-a481-de3910832d30', 1, 1795168980000000);
INSERT INTO node VALUES ('01a1f866-0d00-78b7-b8ac-771d8324ab31', '00000000-0000-0000-0000-000000000000', 1, 1795168980000000);
CREATE TABLE project (
    id         key_text NOT NULL PRIMARY KEY,
    name       key_text NOT NULL UNIQUE,
    created_at BIGINT   NOT NULL,
    revision   BIGINT   NOT NULL,
    last_at    BIGINT   NOT NULL,
    audit_n    BIGINT   NOT NULL,
    audit_hash TEXT     NOT NULL
);
INSERT INTO project VALUES ('00000000-0000-0000-0000-000000000000', '_instance', 1795168800000000, 1, 1795168980000000, 1, 'bf331f911ef61400f4f49e7d62b16ce5f351a71742d10f098a0e77f08a9545cf');
INSERT INTO project VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 'default', 1795168800000000, 23, 1795168980000013, 23, '6136bbc57dd70cedc8dfd77db77331a598ccf8910f1e1907959ce4c92e6b4e21');
INSERT INTO project VALUES ('01a1f868-cc20-70c2-a481-de3910832d30', 'second', 1795168980000000, 1, 1795168980000001, 1, '192592f57a9ebce1531bd9d6be75b29982c7635ce6a27ca3b80804f62e93570e');
CREATE TABLE prompt (
    id          key_text NOT NULL PRIMARY KEY,
    project_id  key_text NOT NULL REFERENCES project (id),
    name        key_text NOT NULL,
    name_folded key_text NOT NULL,
    kind        TEXT     NOT NULL,
    description TEXT     NOT NULL,
    -- Lowered by the program: lower() of SQLite knows ASCII only.
    description_folded TEXT NOT NULL,
    category    TEXT     NOT NULL,
    owner       TEXT     NOT NULL,
    tags        TEXT     NOT NULL,
    metadata    TEXT     NOT NULL,
    created_by  TEXT     NOT NULL,
    created_at  BIGINT   NOT NULL,
    updated_at  BIGINT   NOT NULL,
    archived_at BIGINT,
    revision    BIGINT   NOT NULL
, last_sequence BIGINT NOT NULL DEFAULT 0, renamed_revision BIGINT NOT NULL DEFAULT 0);
INSERT INTO prompt VALUES ('01a1f866-0d00-74d3-a18f-d89fe0f790e4', '01a1f866-0d00-718f-aca6-1637857a39e2', 'shared/tone', 'shared/tone', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168800000001, 1795168800000001, NULL, 1, 0, 0);
INSERT INTO prompt VALUES ('01a1f866-0d00-720b-861d-a9927ade753b', '01a1f866-0d00-718f-aca6-1637857a39e2', 'chat', 'chat', 'chat', '', '', '', '', '[]', '{}', 'administrator', 1795168800000003, 1795168800000003, NULL, 3, 0, 0);
INSERT INTO prompt VALUES ('01a1f866-0d00-7982-bfab-6e15007cc203', '01a1f866-0d00-718f-aca6-1637857a39e2', 'support/reply', 'support/reply', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168800000005, 1795168800000005, NULL, 5, 0, 0);
INSERT INTO prompt VALUES ('01a1f868-cc20-7f1b-8542-d94e7edab232', '01a1f866-0d00-718f-aca6-1637857a39e2', 'new-name', 'new-name', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000005, 1795168980000006, NULL, 16, 0, 16);
INSERT INTO prompt VALUES ('01a1f868-cc20-7720-82f1-dfb61923a0ed', '01a1f866-0d00-718f-aca6-1637857a39e2', 'gone', 'gone', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000007, 1795168980000008, 1795168980000008, 18, 0, 0);
INSERT INTO prompt VALUES ('01a1f868-cc20-76bf-a2be-23df03dcd645', '01a1f868-cc20-70c2-a481-de3910832d30', 'p', 'p', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000001, 1795168980000001, NULL, 1, 0, 0);
CREATE TABLE prompt_archived (
    prompt_id  key_text NOT NULL REFERENCES prompt (id),
    since      BIGINT   NOT NULL,
    until      BIGINT,
    project_id key_text NOT NULL REFERENCES project (id),
    PRIMARY KEY (prompt_id, since)
);
INSERT INTO prompt_archived VALUES ('01a1f868-cc20-7720-82f1-dfb61923a0ed', 1795168980000008, NULL, '01a1f866-0d00-718f-aca6-1637857a39e2');
CREATE TABLE redirect (
    project_id  key_text NOT NULL REFERENCES project (id),
    name_folded key_text NOT NULL,
    name        key_text NOT NULL,
    prompt_id   key_text NOT NULL REFERENCES prompt (id),
    created_at  BIGINT   NOT NULL,
    PRIMARY KEY (project_id, name_folded)
);
INSERT INTO redirect VALUES ('01a1f866-0d00-718f-aca6-1637857a39e2', 'old-name', 'old-name', '01a1f868-cc20-7f1b-8542-d94e7edab232', 1795168980000006);
CREATE TABLE sample (
    prompt_id   key_text NOT NULL REFERENCES prompt (id),
    name        key_text NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    description TEXT     NOT NULL,
    variables   TEXT     NOT NULL,
    updated_by  TEXT     NOT NULL,
    updated_at  BIGINT   NOT NULL,
    PRIMARY KEY (prompt_id, name)
);
INSERT INTO sample VALUES ('01a1f866-0d00-7982-bfab-6e15007cc203', 'ada', '01a1f866-0d00-718f-aca6-1637857a39e2', 'short', '{"name":"Ada"}', 'administrator', 1795168980000004);
CREATE TABLE use_count (
    prompt_id   key_text NOT NULL REFERENCES prompt (id),
    version_id  key_text NOT NULL REFERENCES version (id),
    build_hash  key_text NOT NULL,
    environment key_text NOT NULL,
    key_id      key_text NOT NULL,
    project_id  key_text NOT NULL REFERENCES project (id),
    uses        BIGINT   NOT NULL,
    first_at    BIGINT   NOT NULL,
    last_at     BIGINT   NOT NULL,
    PRIMARY KEY (prompt_id, version_id, build_hash, environment, key_id)
);
INSERT INTO use_count VALUES ('01a1f866-0d00-7982-bfab-6e15007cc203', '01a1f866-0d00-73f7-a80c-b6353ac1524d', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'production', '01a1f868-cc20-76b0-87e5-85fe96602c9d', '01a1f866-0d00-718f-aca6-1637857a39e2', 1, 1795168980000000, 1795168980000000);
CREATE TABLE version (
    id            key_text NOT NULL PRIMARY KEY,
    project_id    key_text NOT NULL REFERENCES project (id),
    prompt_id     key_text NOT NULL REFERENCES prompt (id),
    sequence      BIGINT   NOT NULL,
    major         BIGINT   NOT NULL,
    minor         BIGINT   NOT NULL,
    patch         BIGINT   NOT NULL,
    pre           key_text NOT NULL,
    content       TEXT     NOT NULL,
    template      TEXT     NOT NULL,
    variables     TEXT     NOT NULL,
    settings      TEXT     NOT NULL,
    content_hash  key_text NOT NULL,
    note          TEXT     NOT NULL,
    metadata      TEXT     NOT NULL,
    tags          TEXT     NOT NULL,
    author        TEXT     NOT NULL,
    created_at    BIGINT   NOT NULL,
    archived_at   BIGINT,
    deprecated_at BIGINT
);
INSERT INTO version VALUES ('01a1f866-0d00-7b06-8784-438045795361', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-74d3-a18f-d89fe0f790e4', 1, 1, 0, 0, '', '"Be kind."', 'jinja', '[]', '{}', 'sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd', '', '{}', '[]', 'administrator', 1795168800000001, NULL, NULL);
INSERT INTO version VALUES ('01a1f866-0d00-712d-a7b3-65969a680ed6', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-720b-861d-a9927ade753b', 1, 1, 0, 0, '', '[{"role":"system","content":"{% include ''shared/tone'' %}"},{"placeholder":"history"},{"role":"user","content":"{{ question }}"}]', 'jinja', '[{"name":"history","required":true},{"name":"question","required":true}]', '{}', 'sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663', '', '{}', '[]', 'administrator', 1795168800000003, NULL, NULL);
INSERT INTO version VALUES ('01a1f866-0d00-73f7-a80c-b6353ac1524d', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 1, 1, 0, 0, '', '"Hi {{ name }}, ça va? 👋"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21', '', '{}', '[]', 'administrator', 1795168800000005, NULL, NULL);
INSERT INTO version VALUES ('01a1f866-f760-7d7c-a89f-ec6c27438243', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 2, 1, 0, 1, '', '"Hello {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e', '', '{}', '[]', 'administrator', 1795168860000001, NULL, NULL);
INSERT INTO version VALUES ('01a1f867-e1c0-7947-b117-ba5aa267da6c', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 3, 1, 0, 2, '', '"Dear {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f', '', '{}', '[]', 'administrator', 1795168920000001, NULL, NULL);
INSERT INTO version VALUES ('01a1f868-cc20-7994-8bf6-bc20543a8b65', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f866-0d00-7982-bfab-6e15007cc203', 4, 1, 0, 3, '', '"Good day {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:e581daadac4b1e56a44e50bb5ddb761b8b8d086a6fd2c421555a867084382da9', '', '{}', '[]', 'administrator', 1795168980000001, NULL, NULL);
INSERT INTO version VALUES ('01a1f868-cc20-7d7e-8e72-910c50b41cc2', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f868-cc20-7f1b-8542-d94e7edab232', 1, 1, 0, 0, '', '"one"', 'jinja', '[]', '{}', 'sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b', '', '{}', '[]', 'administrator', 1795168980000005, NULL, NULL);
INSERT INTO version VALUES ('01a1f868-cc20-7950-ae6a-f6d2fd2e219f', '01a1f866-0d00-718f-aca6-1637857a39e2', '01a1f868-cc20-7720-82f1-dfb61923a0ed', 1, 1, 0, 0, '', '"one"', 'jinja', '[]', '{}', 'sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b', '', '{}', '[]', 'administrator', 1795168980000007, NULL, NULL);
INSERT INTO version VALUES ('01a1f868-cc20-7857-9e95-270ed2abc95a', '01a1f868-cc20-70c2-a481-de3910832d30', '01a1f868-cc20-76bf-a2be-23df03dcd645', 1, 1, 0, 0, '', '"of another project"', 'jinja', '[]', '{}', 'sha256:2560b6a3114aff866d4a22407b75a525cd92e88bacef07f5b485335a8bf3ca53', '', '{}', '[]', 'administrator', 1795168980000001, NULL, NULL);
CREATE UNIQUE INDEX environment_one_production ON environment (project_id) WHERE production;
CREATE UNIQUE INDEX prompt_name ON prompt (project_id, name_folded);
CREATE UNIQUE INDEX version_sequence ON version (prompt_id, sequence);
CREATE UNIQUE INDEX version_number ON version (prompt_id, major, minor, patch, pre);
CREATE INDEX version_content ON version (prompt_id, content_hash, sequence);
CREATE INDEX deployment_list ON deployment (project_id, created_at, id);
CREATE UNIQUE INDEX live_one ON live (prompt_id, environment) WHERE until IS NULL;
CREATE INDEX live_time ON live (prompt_id, environment, since);
CREATE INDEX live_project ON live (project_id) WHERE until IS NULL;
CREATE INDEX live_version ON live (version_id);
CREATE INDEX access_key_list ON access_key (project_id, created_at, id);
CREATE INDEX audit_prompt ON audit (prompt_id, n);
CREATE INDEX idempotency_age ON idempotency (created_at);
CREATE INDEX include_name ON include (project_id, name_folded);
CREATE INDEX build_include_included ON build_include (included_id);
CREATE INDEX label_name ON label (name, project_id);
CREATE INDEX label_version ON label (version_id);
CREATE INDEX redirect_prompt ON redirect (prompt_id);
CREATE INDEX use_count_version ON use_count (version_id);
