CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES (1, 'registry', '2026-11-21 06:29:54', 1, X'02A13CF94B0E4E61FF33F199480FE758ACE48F1D011D34D5B94E06B17A1A3E5F80F16E118A998C1B75269AC0720AD461', 6335144);
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
INSERT INTO access_key VALUES ('01a1f868-cc20-720b-a495-03df1596e452', '01a1f866-0d00-75ea-81e2-e95aac60dff5', 'read', 'pk_7956fc8e', 'd4615945d3d72090f47c5f142d969fd8e321261d447575c9a33a583d5d6511b8', 'read', NULL, 0, 'administrator', 1795168980000010, NULL, NULL);
INSERT INTO access_key VALUES ('01a1f868-cc20-7398-b9d1-6fb9e8a4653e', '01a1f866-0d00-75ea-81e2-e95aac60dff5', 'revoked', 'pk_c2a3b605', '90903528248a74913ea4ab1b9c96c07604c97d735746add3441e43f84f6472b5', 'read', NULL, 0, 'administrator', 1795168980000011, NULL, 1795168980000012);
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
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 1, 1795168800000001, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-757f-bb62-546cf46e319f', 'shared/tone', NULL, '127.0.0.1', '01a1f866-0d00-7212-9d60-a5636250b8c8', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd","note":"","warnings":[],"activated":null}}', '6eae7318be5fef96ec669d1b842bedfaf76e24a38a9a4e0a4af6138c67b170a0');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 2, 1795168800000002, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-757f-bb62-546cf46e319f', 'shared/tone', 'production', '127.0.0.1', '01a1f866-0d00-7e0a-a96f-c3fe36ad91d3', '{"deployment":"01a1f866-0d00-77fd-a33a-8353a7131d30","from":null,"to":"1.0.0","content_hash":"sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd","build_hash":"sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa","direction":"forward","reason":""}', '289a558c8d1daa6f79d47e47cf91adadda9dd119e805c81a8cd7733c13d2b286');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 3, 1795168800000003, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-7d9a-95e5-f14b92ab11d3', 'chat', NULL, '127.0.0.1', '01a1f866-0d00-79c4-af9a-84839e598a92', '{"kind":"chat","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663","note":"","warnings":[],"activated":null}}', '22e80835779a2c561b875d633fe05b8650a8fcb6343667a2a64d5f4f1199e72d');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 4, 1795168800000004, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7d9a-95e5-f14b92ab11d3', 'chat', 'production', '127.0.0.1', '01a1f866-0d00-743d-89d0-8b7a9c2be316', '{"deployment":"01a1f866-0d00-7b84-84ca-e47eb212b984","from":null,"to":"1.0.0","content_hash":"sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663","build_hash":"sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46","direction":"forward","reason":""}', '90293a340049cb4b61a11045584d905ec433c2b0da8d9baa6df57cc10e9ad428');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 5, 1795168800000005, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', NULL, '127.0.0.1', '01a1f866-0d00-7204-b092-c923a2c0eafa', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","note":"","warnings":[],"activated":null}}', '5e8b78524dd29a9d192a59cca95735bc38bf7c4c418fc46fcdc423ee1a1d50b6');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 6, 1795168860000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', 'production', '127.0.0.1', '01a1f866-f760-74de-8164-5cdb69cae0e6', '{"deployment":"01a1f866-f760-7a52-a9b2-41cecd9b865f","from":null,"to":"1.0.0","content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","build_hash":"sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774","direction":"forward","reason":""}', '6d4f0c12d8413b6bba47c736a2cb168753f3c2730757e3f40bf595b3a0fbe5af');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 7, 1795168860000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', NULL, '127.0.0.1', '01a1f866-f760-7fd9-8df4-5e461b6198b4', '{"version":"1.0.1","sequence":2,"content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e","note":"","warnings":[],"activated":null}', '720a7cc44058a694247bc77437016cd5e5032c6451afa4dd7c838fad168f753b');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 8, 1795168920000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', 'production', '127.0.0.1', '01a1f867-e1c0-71bf-9a22-b2f31d1c7f5d', '{"deployment":"01a1f867-e1c0-7788-abb9-fa6e651d58c8","from":"1.0.0","to":"1.0.1","content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e","build_hash":"sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed","direction":"forward","reason":""}', 'afb1e7d06bcc66963b1ae270754d57cd5fe65bd367758136b2d5135719719728');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 9, 1795168920000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', NULL, '127.0.0.1', '01a1f867-e1c0-7f1e-8e0d-acf32d2b8fdb', '{"version":"1.0.2","sequence":3,"content_hash":"sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f","note":"","warnings":[],"activated":null}', '231e0869d1e83756ae0e6a52548912b4151f66b52fdf5773a34752ab7b7b90b9');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 10, 1795168980000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', 'production', '127.0.0.1', '01a1f868-cc20-798e-bd4e-9b9963537e5b', '{"deployment":"01a1f868-cc20-709a-930b-f5ae9ed3f9ad","from":"1.0.1","to":"1.0.0","content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","build_hash":"sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774","direction":"back","reason":""}', 'ad7173b86ec01cb3938893dc16165704571f12e178bd64ee32083834bc78a692');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 11, 1795168980000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-7444-a579-409be17b8ed2', '{"version":"1.0.3","sequence":4,"content_hash":"sha256:e581daadac4b1e56a44e50bb5ddb761b8b8d086a6fd2c421555a867084382da9","note":"","warnings":[],"activated":null}', '4c76ca4768792d72bbbf698176c050842b8d9151db4f3c1b54f66d006f2d2d0b');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 12, 1795168980000002, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', 'staging', '127.0.0.1', '01a1f868-cc20-79db-a251-e9d55f899326', '{"deployment":"01a1f868-cc20-7542-a85c-61ff46bf6be4","from":null,"to":"1.0.2","content_hash":"sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f","build_hash":"sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3","direction":"forward","reason":""}', 'bd01c5e692bc0b80effa715fb9f77397c9c23d96cfac3f132f0d2c0835e27445');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 13, 1795168980000003, 'admin', 'administrator', 'label.put', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-7900-b956-ead4061ad7ae', '{"label":"stable","from":null,"to":"1.0.1","content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e"}', '448be80a5a35fca2b32fbf85da12dd05b5adec6700e433f60ee22d3ce061264e');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 14, 1795168980000004, 'admin', 'administrator', 'sample.put', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-772b-b5aa-65cbd59a802b', '{"sample":"ada","variables":["name"],"new":true}', '43a1f474f9a29d232ea3e3f3a0ac4f7dee7aa2595678d2563e742277b3ce7ecc');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 15, 1795168980000005, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-713d-95ed-ca3f26f6f3ce', 'old-name', NULL, '127.0.0.1', '01a1f868-cc20-7451-850f-8e8ff2a3d705', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b","note":"","warnings":[],"activated":null}}', 'c691b9965b62b22d679f07977caf2af0f5fb0446105b894f10ca45eba9c94bdb');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 16, 1795168980000006, 'admin', 'administrator', 'prompt.update', '01a1f868-cc20-713d-95ed-ca3f26f6f3ce', 'new-name', NULL, '127.0.0.1', '01a1f868-cc20-7a52-8c16-7e503866a31c', '{"before":{"name":"old-name","description":"","category":"","owner":"","tags":[],"metadata":{}},"after":{"name":"new-name","description":"","category":"","owner":"","tags":[],"metadata":{}}}', 'fd943ef964f2f17564522dc3f7626c77de5f7141bcaf420ebc7224123e259e65');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 17, 1795168980000007, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-70f7-a1f4-a2fc04321448', 'gone', NULL, '127.0.0.1', '01a1f868-cc20-7e1d-a953-3a9718f6d674', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b","note":"","warnings":[],"activated":null}}', 'c263e01a66d1f760499caf1b58336aefed8e4fb4c7dbe982c7a503ba82790c23');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 18, 1795168980000008, 'admin', 'administrator', 'prompt.archive', '01a1f868-cc20-70f7-a1f4-a2fc04321448', 'gone', NULL, '127.0.0.1', '01a1f868-cc20-7301-93c1-0c1e9d425c4a', '{"live_in":[]}', 'c05431dcfe44f764d56d2b38147ea761fe238895e84d09980a7582a25a220332');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 19, 1795168980000009, 'admin', 'administrator', 'environment.update', NULL, NULL, 'staging', '127.0.0.1', '01a1f868-cc20-7229-bc63-f7c6466bd4a7', '{"before":{"rollback":"allowed"},"after":{"rollback":"fix_forward"}}', '1d27ec618b7c40ad4807173493052af7feb0c5e2b8d1f9f002eccccdffdbe022');
INSERT INTO audit VALUES ('00000000-0000-0000-0000-000000000000', 1, 1795168980000000, 'admin', 'administrator', 'project.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7701-9b29-7be543cf4d32', '{"id":"01a1f868-cc20-7989-ab4d-b89e9bbe0639","name":"second"}', '53cedcbeb8be69cda7f5906bd0dd89a8d577979108a257bf6711550dbaa377d2');
INSERT INTO audit VALUES ('01a1f868-cc20-7989-ab4d-b89e9bbe0639', 1, 1795168980000001, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-7d0b-bcf5-29fbdb003933', 'p', NULL, '127.0.0.1', '01a1f868-cc20-7f73-8d49-949050fc7863', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:2560b6a3114aff866d4a22407b75a525cd92e88bacef07f5b485335a8bf3ca53","note":"","warnings":[],"activated":null}}', 'c7ab0bb4261e647b845f51eb8cf922db9f4f1363ec04d67f117af5faeab79078');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 20, 1795168980000010, 'admin', 'administrator', 'key.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7d4b-ad35-f56f4c0c4033', '{"id":"01a1f868-cc20-720b-a495-03df1596e452","name":"read","prefix":"pk_7956fc8e","scopes":"read","environment":null,"expires_at":null}', 'b3d4f98447d8a5031ca8e32ff29151722fc98a6ae8f81e5584794c6970283343');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 21, 1795168980000011, 'admin', 'administrator', 'key.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7497-8f04-df0a2f46e48d', '{"id":"01a1f868-cc20-7398-b9d1-6fb9e8a4653e","name":"revoked","prefix":"pk_c2a3b605","scopes":"read","environment":null,"expires_at":null}', '7a7c6822e238bfaedd0b40204f8bd5d9559dba4f35de3682c97d0ca5e6bd799f');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 22, 1795168980000012, 'admin', 'administrator', 'key.revoke', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7c03-85bc-0193ce910b24', '{"id":"01a1f868-cc20-7398-b9d1-6fb9e8a4653e","name":"revoked","prefix":"pk_c2a3b605"}', '55a7fb807fe125dc41124d7f9489dde84cd0893b4b2b6b78f5db8afff4243c69');
INSERT INTO audit VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 23, 1795168980000013, 'pk_7956fc8e', 'pk_7956fc8e', 'denied', NULL, NULL, NULL, '127.0.0.1', NULL, '{"route":"POST /api/v1/prompts","code":"forbidden","times":1}', 'c9943fa5cd75164e6e648636536f0187c884bfa61d851f97fad0919237287b2c');
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
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 1, 1, 1795168800000001, 'version', '01a1f866-0d00-757f-bb62-546cf46e319f', NULL, '01a1f866-0d00-7e4c-94a6-f84f18f4495e', NULL, NULL, '{"version":"01a1f866-0d00-7e4c-94a6-f84f18f4495e","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 1, 0, 1795168800000001, 'prompt', '01a1f866-0d00-757f-bb62-546cf46e319f', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-757f-bb62-546cf46e319f","name":"shared/tone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000001,"updated_at":1795168800000001,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 2, 0, 1795168800000002, 'live', '01a1f866-0d00-757f-bb62-546cf46e319f', 'production', '01a1f866-0d00-7e4c-94a6-f84f18f4495e', '01a1f866-0d00-77fd-a33a-8353a7131d30', 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 3, 1, 1795168800000003, 'version', '01a1f866-0d00-7d9a-95e5-f14b92ab11d3', NULL, '01a1f866-0d00-7778-bc1b-b295fe46d6ab', NULL, NULL, '{"version":"01a1f866-0d00-7778-bc1b-b295fe46d6ab","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 3, 0, 1795168800000003, 'prompt', '01a1f866-0d00-7d9a-95e5-f14b92ab11d3', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-7d9a-95e5-f14b92ab11d3","name":"chat","kind":"chat","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000003,"updated_at":1795168800000003,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 4, 0, 1795168800000004, 'live', '01a1f866-0d00-7d9a-95e5-f14b92ab11d3', 'production', '01a1f866-0d00-7778-bc1b-b295fe46d6ab', '01a1f866-0d00-7b84-84ca-e47eb212b984', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 5, 1, 1795168800000005, 'version', '01a1f866-0d00-714b-8db4-5b0583ebb12f', NULL, '01a1f866-0d00-7898-b710-99736f32109e', NULL, NULL, '{"version":"01a1f866-0d00-7898-b710-99736f32109e","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 5, 0, 1795168800000005, 'prompt', '01a1f866-0d00-714b-8db4-5b0583ebb12f', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-714b-8db4-5b0583ebb12f","name":"support/reply","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000005,"updated_at":1795168800000005,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 6, 0, 1795168860000000, 'live', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-0d00-7898-b710-99736f32109e', '01a1f866-f760-7a52-a9b2-41cecd9b865f', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 7, 0, 1795168860000001, 'version', '01a1f866-0d00-714b-8db4-5b0583ebb12f', NULL, '01a1f866-f760-706f-abf4-ea2f74006965', NULL, NULL, '{"version":"01a1f866-f760-706f-abf4-ea2f74006965","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 8, 0, 1795168920000000, 'live', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-f760-706f-abf4-ea2f74006965', '01a1f867-e1c0-7788-abb9-fa6e651d58c8', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 9, 0, 1795168920000001, 'version', '01a1f866-0d00-714b-8db4-5b0583ebb12f', NULL, '01a1f867-e1c0-790e-b489-cfb1d4488818', NULL, NULL, '{"version":"01a1f867-e1c0-790e-b489-cfb1d4488818","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 10, 0, 1795168980000000, 'live', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-0d00-7898-b710-99736f32109e', '01a1f868-cc20-709a-930b-f5ae9ed3f9ad', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', '{"back":true}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 11, 0, 1795168980000001, 'version', '01a1f866-0d00-714b-8db4-5b0583ebb12f', NULL, '01a1f868-cc20-795b-ac01-9a44c58d37f1', NULL, NULL, '{"version":"01a1f868-cc20-795b-ac01-9a44c58d37f1","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 12, 0, 1795168980000002, 'live', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'staging', '01a1f867-e1c0-790e-b489-cfb1d4488818', '01a1f868-cc20-7542-a85c-61ff46bf6be4', 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', '{"back":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 13, 0, 1795168980000003, 'label', '01a1f866-0d00-714b-8db4-5b0583ebb12f', NULL, '01a1f866-f760-706f-abf4-ea2f74006965', NULL, NULL, '{"name":"stable"}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 14, 0, 1795168980000004, 'other', '01a1f866-0d00-714b-8db4-5b0583ebb12f', NULL, NULL, NULL, NULL, '{}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 15, 1, 1795168980000005, 'version', '01a1f868-cc20-713d-95ed-ca3f26f6f3ce', NULL, '01a1f868-cc20-76ad-add2-26ecf9fb1c56', NULL, NULL, '{"version":"01a1f868-cc20-76ad-add2-26ecf9fb1c56","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 15, 0, 1795168980000005, 'prompt', '01a1f868-cc20-713d-95ed-ca3f26f6f3ce', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-713d-95ed-ca3f26f6f3ce","name":"old-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000005,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 16, 1, 1795168980000006, 'prompt', '01a1f868-cc20-713d-95ed-ca3f26f6f3ce', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-713d-95ed-ca3f26f6f3ce","name":"new-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000006,"archived_at":null,"former":[{"name":"old-name","until":1795168980000006}]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 16, 0, 1795168980000006, 'prompt', '01a1f868-cc20-713d-95ed-ca3f26f6f3ce', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-713d-95ed-ca3f26f6f3ce","name":"old-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000006,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 17, 1, 1795168980000007, 'version', '01a1f868-cc20-70f7-a1f4-a2fc04321448', NULL, '01a1f868-cc20-78c3-9dc6-d424f68801cd', NULL, NULL, '{"version":"01a1f868-cc20-78c3-9dc6-d424f68801cd","archived":false}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 17, 0, 1795168980000007, 'prompt', '01a1f868-cc20-70f7-a1f4-a2fc04321448', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-70f7-a1f4-a2fc04321448","name":"gone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000007,"updated_at":1795168980000007,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 18, 0, 1795168980000008, 'prompt', '01a1f868-cc20-70f7-a1f4-a2fc04321448', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-70f7-a1f4-a2fc04321448","name":"gone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000007,"updated_at":1795168980000008,"archived_at":1795168980000008,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 19, 0, 1795168980000009, 'environment', NULL, NULL, NULL, NULL, NULL, '{"name":"staging","position":2,"production":false,"rollback":"fix_forward"}');
INSERT INTO change VALUES ('00000000-0000-0000-0000-000000000000', 1, 0, 1795168980000000, 'project', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7989-ab4d-b89e9bbe0639","name":"second"}');
INSERT INTO change VALUES ('01a1f868-cc20-7989-ab4d-b89e9bbe0639', 1, 1, 1795168980000001, 'version', '01a1f868-cc20-7d0b-bcf5-29fbdb003933', NULL, '01a1f868-cc20-75ee-95ad-9034b93e7c3a', NULL, NULL, '{"version":"01a1f868-cc20-75ee-95ad-9034b93e7c3a","archived":false}');
INSERT INTO change VALUES ('01a1f868-cc20-7989-ab4d-b89e9bbe0639', 1, 0, 1795168980000001, 'prompt', '01a1f868-cc20-7d0b-bcf5-29fbdb003933', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7d0b-bcf5-29fbdb003933","name":"p","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000001,"updated_at":1795168980000001,"archived_at":null,"former":[]}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 20, 0, 1795168980000010, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-720b-a495-03df1596e452","name":"read","prefix":"pk_7956fc8e","hash":"d4615945d3d72090f47c5f142d969fd8e321261d447575c9a33a583d5d6511b8","scopes":"read","environment":null,"instance_admin":false,"expires_at":null}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 21, 0, 1795168980000011, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7398-b9d1-6fb9e8a4653e","name":"revoked","prefix":"pk_c2a3b605","hash":"90903528248a74913ea4ab1b9c96c07604c97d735746add3441e43f84f6472b5","scopes":"read","environment":null,"instance_admin":false,"expires_at":null}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 22, 0, 1795168980000012, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7398-b9d1-6fb9e8a4653e","hash":"90903528248a74913ea4ab1b9c96c07604c97d735746add3441e43f84f6472b5","revoked":true}');
INSERT INTO change VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 23, 0, 1795168980000013, 'other', NULL, NULL, NULL, NULL, NULL, '{}');
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
INSERT INTO deployment VALUES ('01a1f866-0d00-77fd-a33a-8353a7131d30', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-757f-bb62-546cf46e319f', 'production', '01a1f866-0d00-7e4c-94a6-f84f18f4495e', NULL, 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', 'completed', 'immediate', 'forward', '', 'administrator', 1795168800000002, NULL, 2);
INSERT INTO deployment VALUES ('01a1f866-0d00-7b84-84ca-e47eb212b984', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-7d9a-95e5-f14b92ab11d3', 'production', '01a1f866-0d00-7778-bc1b-b295fe46d6ab', NULL, 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 'completed', 'immediate', 'forward', '', 'administrator', 1795168800000004, NULL, 4);
INSERT INTO deployment VALUES ('01a1f866-f760-7a52-a9b2-41cecd9b865f', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-0d00-7898-b710-99736f32109e', NULL, 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'completed', 'immediate', 'forward', '', 'administrator', 1795168860000000, 1795168920000000, 6);
INSERT INTO deployment VALUES ('01a1f867-e1c0-7788-abb9-fa6e651d58c8', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-f760-706f-abf4-ea2f74006965', '01a1f866-0d00-7898-b710-99736f32109e', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', 'completed', 'immediate', 'forward', '', 'administrator', 1795168920000000, 1795168980000000, 8);
INSERT INTO deployment VALUES ('01a1f868-cc20-709a-930b-f5ae9ed3f9ad', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-0d00-7898-b710-99736f32109e', '01a1f866-f760-706f-abf4-ea2f74006965', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'completed', 'immediate', 'back', '', 'administrator', 1795168980000000, NULL, 10);
INSERT INTO deployment VALUES ('01a1f868-cc20-7542-a85c-61ff46bf6be4', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'staging', '01a1f867-e1c0-790e-b489-cfb1d4488818', NULL, 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', 'completed', 'immediate', 'forward', '', 'administrator', 1795168980000002, NULL, 12);
CREATE TABLE environment (
    project_id key_text NOT NULL REFERENCES project (id),
    name       key_text NOT NULL,
    position   BIGINT   NOT NULL,
    production BOOLEAN  NOT NULL,
    created_at BIGINT   NOT NULL,
    PRIMARY KEY (project_id, name)
);
INSERT INTO environment VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 'development', 1, 0, 1795168800000000);
INSERT INTO environment VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 'staging', 2, 0, 1795168800000000);
INSERT INTO environment VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 'production', 3, 1, 1795168800000000);
INSERT INTO environment VALUES ('01a1f868-cc20-7989-ab4d-b89e9bbe0639', 'development', 1, 0, 1795168980000000);
INSERT INTO environment VALUES ('01a1f868-cc20-7989-ab4d-b89e9bbe0639', 'staging', 2, 0, 1795168980000000);
INSERT INTO environment VALUES ('01a1f868-cc20-7989-ab4d-b89e9bbe0639', 'production', 3, 1, 1795168980000000);
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
INSERT INTO idempotency VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 'admin', 'POST /api/v1/prompts', 'first', '4e3db4caa775ec56430e471008209be6e60330a48de6094fc6d1053ae32b20f8', 201, '{"id":"01a1f866-0d00-7d9a-95e5-f14b92ab11d3","name":"chat","kind":"chat","description":"","category":"","tags":[],"owner":"","metadata":{},"archived":false,"live":{},"latest":{"version":"1.0.0","sequence":1,"created_at":"2026-11-20T10:00:00.000Z"},"created_by":"administrator","created_at":"2026-11-20T10:00:00.000Z","updated_at":"2026-11-20T10:00:00.000Z"}', 1795168800000003);
CREATE TABLE live (
    deployment_id key_text NOT NULL PRIMARY KEY REFERENCES deployment (id),
    project_id    key_text NOT NULL REFERENCES project (id),
    prompt_id     key_text NOT NULL REFERENCES prompt (id),
    environment   key_text NOT NULL,
    version_id    key_text NOT NULL REFERENCES version (id),
    build_hash    key_text NOT NULL,
    since         BIGINT   NOT NULL,
    until         BIGINT,
    revision      BIGINT   NOT NULL,
    FOREIGN KEY (project_id, environment) REFERENCES environment (project_id, name)
);
INSERT INTO live VALUES ('01a1f866-0d00-77fd-a33a-8353a7131d30', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-757f-bb62-546cf46e319f', 'production', '01a1f866-0d00-7e4c-94a6-f84f18f4495e', 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', 1795168800000002, NULL, 2);
INSERT INTO live VALUES ('01a1f866-0d00-7b84-84ca-e47eb212b984', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-7d9a-95e5-f14b92ab11d3', 'production', '01a1f866-0d00-7778-bc1b-b295fe46d6ab', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 1795168800000004, NULL, 4);
INSERT INTO live VALUES ('01a1f866-f760-7a52-a9b2-41cecd9b865f', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-0d00-7898-b710-99736f32109e', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 1795168860000000, 1795168920000000, 6);
INSERT INTO live VALUES ('01a1f867-e1c0-7788-abb9-fa6e651d58c8', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-f760-706f-abf4-ea2f74006965', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', 1795168920000000, 1795168980000000, 8);
INSERT INTO live VALUES ('01a1f868-cc20-709a-930b-f5ae9ed3f9ad', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'production', '01a1f866-0d00-7898-b710-99736f32109e', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 1795168980000000, NULL, 10);
INSERT INTO live VALUES ('01a1f868-cc20-7542-a85c-61ff46bf6be4', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 'staging', '01a1f867-e1c0-790e-b489-cfb1d4488818', 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', 1795168980000002, NULL, 12);
CREATE TABLE meta (
    name  key_text NOT NULL PRIMARY KEY,
    value TEXT     NOT NULL
);
INSERT INTO meta VALUES ('oldest_binary', '0.1.0');
INSERT INTO meta VALUES ('epoch', '30d09c1025f319c1');
INSERT INTO meta VALUES ('token_key', '5794530bcf258b497d987eb1609fefc169559dc824b6b4f31a2a6a9db6a10ab0');
CREATE TABLE node (
    id               key_text NOT NULL,
    project_id       key_text NOT NULL,
    applied_revision BIGINT   NOT NULL,
    seen_at          BIGINT   NOT NULL,
    PRIMARY KEY (id, project_id)
);
INSERT INTO node VALUES ('01a1f866-0d00-7884-81c9-bc7289f44358', '00000000-0000-0000-0000-000000000000', 1, 1795168980000000);
INSERT INTO node VALUES ('01a1f866-0d00-7884-81c9-bc7289f44358', '01a1f866-0d00-75ea-81e2-e95aac60dff5', 22, 1795168980000000);
INSERT INTO node VALUES ('01a1f866-0d00-7884-81c9-bc7289f44358', '01a1f868-cc20-7989-ab4d-b89e9bbe0639', 1, 1795168980000000);
CREATE TABLE project (
    id         key_text NOT NULL PRIMARY KEY,
    name       key_text NOT NULL UNIQUE,
    created_at BIGINT   NOT NULL,
    revision   BIGINT   NOT NULL,
    last_at    BIGINT   NOT NULL,
    audit_n    BIGINT   NOT NULL,
    audit_hash TEXT     NOT NULL
);
INSERT INTO project VALUES ('00000000-0000-0000-0000-000000000000', '_instance', 1795168800000000, 1, 1795168980000000, 1, '53cedcbeb8be69cda7f5906bd0dd89a8d577979108a257bf6711550dbaa377d2');
INSERT INTO project VALUES ('01a1f866-0d00-75ea-81e2-e95aac60dff5', 'default', 1795168800000000, 23, 1795168980000013, 23, 'c9943fa5cd75164e6e648636536f0187c884bfa61d851f97fad0919237287b2c');
INSERT INTO project VALUES ('01a1f868-cc20-7989-ab4d-b89e9bbe0639', 'second', 1795168980000000, 1, 1795168980000001, 1, 'c7ab0bb4261e647b845f51eb8cf922db9f4f1363ec04d67f117af5faeab79078');
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
);
INSERT INTO prompt VALUES ('01a1f866-0d00-757f-bb62-546cf46e319f', '01a1f866-0d00-75ea-81e2-e95aac60dff5', 'shared/tone', 'shared/tone', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168800000001, 1795168800000001, NULL, 1);
INSERT INTO prompt VALUES ('01a1f866-0d00-7d9a-95e5-f14b92ab11d3', '01a1f866-0d00-75ea-81e2-e95aac60dff5', 'chat', 'chat', 'chat', '', '', '', '', '[]', '{}', 'administrator', 1795168800000003, 1795168800000003, NULL, 3);
INSERT INTO prompt VALUES ('01a1f866-0d00-714b-8db4-5b0583ebb12f', '01a1f866-0d00-75ea-81e2-e95aac60dff5', 'support/reply', 'support/reply', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168800000005, 1795168800000005, NULL, 5);
INSERT INTO prompt VALUES ('01a1f868-cc20-713d-95ed-ca3f26f6f3ce', '01a1f866-0d00-75ea-81e2-e95aac60dff5', 'new-name', 'new-name', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000005, 1795168980000006, NULL, 16);
INSERT INTO prompt VALUES ('01a1f868-cc20-70f7-a1f4-a2fc04321448', '01a1f866-0d00-75ea-81e2-e95aac60dff5', 'gone', 'gone', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000007, 1795168980000008, 1795168980000008, 18);
INSERT INTO prompt VALUES ('01a1f868-cc20-7d0b-bcf5-29fbdb003933', '01a1f868-cc20-7989-ab4d-b89e9bbe0639', 'p', 'p', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000001, 1795168980000001, NULL, 1);
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
INSERT INTO version VALUES ('01a1f866-0d00-7e4c-94a6-f84f18f4495e', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-757f-bb62-546cf46e319f', 1, 1, 0, 0, '', '"Be kind."', 'jinja', '[]', '{}', 'sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd', '', '{}', '[]', 'administrator', 1795168800000001, NULL, NULL);
INSERT INTO version VALUES ('01a1f866-0d00-7778-bc1b-b295fe46d6ab', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-7d9a-95e5-f14b92ab11d3', 1, 1, 0, 0, '', '[{"role":"system","content":"{% include ''shared/tone'' %}"},{"placeholder":"history"},{"role":"user","content":"{{ question }}"}]', 'jinja', '[{"name":"history","required":true},{"name":"question","required":true}]', '{}', 'sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663', '', '{}', '[]', 'administrator', 1795168800000003, NULL, NULL);
INSERT INTO version VALUES ('01a1f866-0d00-7898-b710-99736f32109e', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 1, 1, 0, 0, '', '"Hi {{ name }}, ça va? 👋"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21', '', '{}', '[]', 'administrator', 1795168800000005, NULL, NULL);
INSERT INTO version VALUES ('01a1f866-f760-706f-abf4-ea2f74006965', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 2, 1, 0, 1, '', '"Hello {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e', '', '{}', '[]', 'administrator', 1795168860000001, NULL, NULL);
INSERT INTO version VALUES ('01a1f867-e1c0-790e-b489-cfb1d4488818', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 3, 1, 0, 2, '', '"Dear {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f', '', '{}', '[]', 'administrator', 1795168920000001, NULL, NULL);
INSERT INTO version VALUES ('01a1f868-cc20-795b-ac01-9a44c58d37f1', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f866-0d00-714b-8db4-5b0583ebb12f', 4, 1, 0, 3, '', '"Good day {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:e581daadac4b1e56a44e50bb5ddb761b8b8d086a6fd2c421555a867084382da9', '', '{}', '[]', 'administrator', 1795168980000001, NULL, NULL);
INSERT INTO version VALUES ('01a1f868-cc20-76ad-add2-26ecf9fb1c56', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f868-cc20-713d-95ed-ca3f26f6f3ce', 1, 1, 0, 0, '', '"one"', 'jinja', '[]', '{}', 'sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b', '', '{}', '[]', 'administrator', 1795168980000005, NULL, NULL);
INSERT INTO version VALUES ('01a1f868-cc20-78c3-9dc6-d424f68801cd', '01a1f866-0d00-75ea-81e2-e95aac60dff5', '01a1f868-cc20-70f7-a1f4-a2fc04321448', 1, 1, 0, 0, '', '"one"', 'jinja', '[]', '{}', 'sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b', '', '{}', '[]', 'administrator', 1795168980000007, NULL, NULL);
INSERT INTO version VALUES ('01a1f868-cc20-75ee-95ad-9034b93e7c3a', '01a1f868-cc20-7989-ab4d-b89e9bbe0639', '01a1f868-cc20-7d0b-bcf5-29fbdb003933', 1, 1, 0, 0, '', '"of another project"', 'jinja', '[]', '{}', 'sha256:2560b6a3114aff866d4a22407b75a525cd92e88bacef07f5b485335a8bf3ca53', '', '{}', '[]', 'administrator', 1795168980000001, NULL, NULL);
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
