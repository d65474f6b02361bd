SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE DOMAIN public.key_text AS text COLLATE pg_catalog."C";
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
CREATE TABLE public.access_key (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    hash public.key_text NOT NULL,
    scopes text NOT NULL,
    environment public.key_text,
    instance_admin boolean NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint
);
CREATE TABLE public.audit (
    project_id public.key_text NOT NULL,
    n bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    action text NOT NULL,
    prompt_id public.key_text,
    prompt text,
    environment public.key_text,
    address text,
    request_id text,
    detail text NOT NULL,
    hash public.key_text NOT NULL
);
CREATE TABLE public.build_include (
    version_id public.key_text NOT NULL,
    build_hash public.key_text NOT NULL,
    ordinal bigint NOT NULL,
    project_id public.key_text NOT NULL,
    included_id public.key_text NOT NULL,
    name public.key_text NOT NULL
);
CREATE TABLE public.change (
    project_id public.key_text NOT NULL,
    revision bigint NOT NULL,
    ordinal bigint NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    prompt_id public.key_text,
    environment public.key_text,
    version_id public.key_text,
    deployment_id public.key_text,
    build_hash public.key_text,
    detail text NOT NULL
);
CREATE TABLE public.deployment (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    prompt_id public.key_text NOT NULL,
    environment public.key_text NOT NULL,
    version_id public.key_text NOT NULL,
    from_version_id public.key_text,
    build_hash public.key_text NOT NULL,
    state text NOT NULL,
    strategy text NOT NULL,
    direction text NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    created_at bigint NOT NULL,
    ended_at bigint,
    revision bigint NOT NULL
);
CREATE TABLE public.environment (
    project_id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    "position" bigint NOT NULL,
    production boolean NOT NULL,
    created_at bigint NOT NULL,
    rollback text DEFAULT 'allowed'::text NOT NULL
);
CREATE TABLE public.idempotency (
    project_id public.key_text NOT NULL,
    actor public.key_text NOT NULL,
    route public.key_text NOT NULL,
    name public.key_text NOT NULL,
    body_hash text NOT NULL,
    status bigint NOT NULL,
    answer text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.include (
    version_id public.key_text NOT NULL,
    ordinal bigint NOT NULL,
    project_id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    name_folded public.key_text NOT NULL,
    reference text
);
CREATE TABLE public.label (
    prompt_id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    version_id public.key_text NOT NULL,
    updated_by text NOT NULL,
    updated_at bigint NOT NULL,
    revision bigint NOT NULL
);
CREATE TABLE public.live (
    deployment_id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    prompt_id public.key_text NOT NULL,
    environment public.key_text NOT NULL,
    version_id public.key_text NOT NULL,
    build_hash public.key_text NOT NULL,
    since bigint NOT NULL,
    until bigint,
    revision bigint NOT NULL,
    taken_back boolean DEFAULT false NOT NULL
);
CREATE TABLE public.meta (
    name public.key_text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.node (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    applied_revision bigint NOT NULL,
    seen_at bigint NOT NULL
);
CREATE TABLE public.project (
    id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    created_at bigint NOT NULL,
    revision bigint NOT NULL,
    last_at bigint NOT NULL,
    audit_n bigint NOT NULL,
    audit_hash text NOT NULL
);
CREATE TABLE public.prompt (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    name_folded public.key_text NOT NULL,
    kind text NOT NULL,
    description text NOT NULL,
    description_folded text NOT NULL,
    category text NOT NULL,
    owner text NOT NULL,
    tags text NOT NULL,
    metadata text NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    archived_at bigint,
    revision bigint NOT NULL,
    last_sequence bigint DEFAULT 0 NOT NULL,
    renamed_revision bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.prompt_archived (
    prompt_id public.key_text NOT NULL,
    since bigint NOT NULL,
    until bigint,
    project_id public.key_text NOT NULL
);
CREATE TABLE public.redirect (
    project_id public.key_text NOT NULL,
    name_folded public.key_text NOT NULL,
    name public.key_text NOT NULL,
    prompt_id public.key_text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.sample (
    prompt_id public.key_text NOT NULL,
    name public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    description text NOT NULL,
    variables text NOT NULL,
    updated_by text NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.use_count (
    prompt_id public.key_text NOT NULL,
    version_id public.key_text NOT NULL,
    build_hash public.key_text NOT NULL,
    environment public.key_text NOT NULL,
    key_id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    uses bigint NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL
);
CREATE TABLE public.version (
    id public.key_text NOT NULL,
    project_id public.key_text NOT NULL,
    prompt_id public.key_text NOT NULL,
    sequence bigint NOT NULL,
    major bigint NOT NULL,
    minor bigint NOT NULL,
    patch bigint NOT NULL,
    pre public.key_text NOT NULL,
    content text NOT NULL,
    template text NOT NULL,
    variables text NOT NULL,
    settings text NOT NULL,
    content_hash public.key_text NOT NULL,
    note text NOT NULL,
    metadata text NOT NULL,
    tags text NOT NULL,
    author text NOT NULL,
    created_at bigint NOT NULL,
    archived_at bigint,
    deprecated_at bigint
);
INSERT INTO public._sqlx_migrations VALUES (1, 'registry', '2026-11-21 06:29:54.488337+00', true, '\x5ef6cb45e8c1d3f5a406fa28e79cc8484aabf77cc44de1c687af2b01af17d09e0881d72e1549948e013c83fe6cfe0e71', 33679297);
INSERT INTO public._sqlx_migrations VALUES (2, 'versioning', '2026-11-21 06:29:54.522842+00', true, '\x1d09a97fc89accc66ab84ecfa622c9beb02c8cadf996979e4459116abf33fbcecc17058a030c6780295b46aebc1435eb', 20462498);
INSERT INTO public.access_key VALUES ('01a1f868-cc20-71c5-87d7-c9e79a06b5d3', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'read', 'pk_e823c7c7', '5955be827d64186a1fa161c85aa18690695730f1478f6284eb5a43178b1a90f7', 'read', NULL, false, 'administrator', 1795168980000010, NULL, NULL);
INSERT INTO public.access_key VALUES ('01a1f868-cc20-78b8-901e-1b4ec915e7bf', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'revoked', 'pk_7e2f2a7e', '2051a96afabee9a0ac826e9042396921e665adc31e7f25f6b7ae091cc95ec37d', 'read', NULL, false, 'administrator', 1795168980000011, NULL, 1795168980000012);
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 1, 1795168800000001, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-7d97-bf65-1934ef2c721e', 'shared/tone', NULL, '127.0.0.1', '01a1f866-0d00-74a1-95ed-80ecf250aa07', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd","note":"","warnings":[],"activated":null}}', '7b782c502c1fd58165261c5f619d6fa1c15a3193f45410705ad34de408775fed');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 2, 1795168800000002, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7d97-bf65-1934ef2c721e', 'shared/tone', 'production', '127.0.0.1', '01a1f866-0d00-7c3a-926a-f7f59986494d', '{"deployment":"01a1f866-0d00-76d7-b67e-332ce71140f3","from":null,"to":"1.0.0","content_hash":"sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd","build_hash":"sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa","direction":"forward","reason":""}', 'c5ba72e6f83b29653b2763d18e7f162d770a85ab1c62ebb27f4d04dc4df51cae');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 3, 1795168800000003, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-770c-8b52-71db56d0e0e5', 'chat', NULL, '127.0.0.1', '01a1f866-0d00-70b3-8737-bd4fc54e5148', '{"kind":"chat","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663","note":"","warnings":[],"activated":null}}', '58bce0d5f573ce083e3f38d1f9261b910501a8095bfa43d33fd998a8bd4b6adf');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 4, 1795168800000004, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-770c-8b52-71db56d0e0e5', 'chat', 'production', '127.0.0.1', '01a1f866-0d00-755e-b710-a7dbd8f55725', '{"deployment":"01a1f866-0d00-7853-8be4-6152a6ca8685","from":null,"to":"1.0.0","content_hash":"sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663","build_hash":"sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46","direction":"forward","reason":""}', '381bca8541913dca767588c75712be840c2c20da3c08ec21a0287cf0a4ae39cf');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 5, 1795168800000005, 'admin', 'administrator', 'prompt.create', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', NULL, '127.0.0.1', '01a1f866-0d00-72df-9131-0483949ed1c1', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","note":"","warnings":[],"activated":null}}', 'd41b5116c73aebe79259b61454a3abb8788faf09feb8b76151fdd7b8757d417b');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 6, 1795168860000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', 'production', '127.0.0.1', '01a1f866-f760-7be5-be8e-20892f147809', '{"deployment":"01a1f866-f760-7d64-a03d-1080da2f5168","from":null,"to":"1.0.0","content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","build_hash":"sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774","direction":"forward","reason":""}', '37bd4189135735425cedac26c6e0fbc572d4bd7f71dee07ce48ea5a92d7808f8');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 7, 1795168860000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', NULL, '127.0.0.1', '01a1f866-f760-7f73-95cb-caba967f3e1b', '{"version":"1.0.1","sequence":2,"content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e","note":"","warnings":[],"activated":null}', '8d7c4f10714b76fd183518a310ccf4b6dfa97d3434aaa8f630f4147983429244');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 8, 1795168920000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', 'production', '127.0.0.1', '01a1f867-e1c0-7984-80c7-47649b23a8e1', '{"deployment":"01a1f867-e1c0-7de4-a0c1-3ccbfdeafb10","from":"1.0.0","to":"1.0.1","content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e","build_hash":"sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed","direction":"forward","reason":""}', '2c8ae07c7ac900a89653970ffc4283d524ca946be751adb1fb0257cf57f516e2');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 9, 1795168920000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', NULL, '127.0.0.1', '01a1f867-e1c0-75b5-9476-c1581d1bc0c6', '{"version":"1.0.2","sequence":3,"content_hash":"sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f","note":"","warnings":[],"activated":null}', '3c6e44e878029559d3fe826647746c1151328806c186d13e6d20d7c6dc6f1ae1');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 10, 1795168980000000, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', 'production', '127.0.0.1', '01a1f868-cc20-72ea-9324-05560aa5212b', '{"deployment":"01a1f868-cc20-7df0-8753-dc06a9811771","from":"1.0.1","to":"1.0.0","content_hash":"sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21","build_hash":"sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774","direction":"back","reason":""}', 'cf0b920e799afb3575816d1751f05841015408c5dd12f9b972a0077df07e4498');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 11, 1795168980000001, 'admin', 'administrator', 'version.create', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-7c4b-b941-c394f95f043e', '{"version":"1.0.3","sequence":4,"content_hash":"sha256:e581daadac4b1e56a44e50bb5ddb761b8b8d086a6fd2c421555a867084382da9","note":"","warnings":[],"activated":null}', '1e2d7628e01d8c7df995fa8b315a94f1e9c06b6413abbc4770f894b0740bd8c2');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 12, 1795168980000002, 'admin', 'administrator', 'deployment.activate', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', 'staging', '127.0.0.1', '01a1f868-cc20-7718-82f3-e4beebc79443', '{"deployment":"01a1f868-cc20-7c2f-bf7f-c4ecc65ad4cc","from":null,"to":"1.0.2","content_hash":"sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f","build_hash":"sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3","direction":"forward","reason":""}', '03c8100c3bad4bc63c00b72a0a1956e6f5de539ba1dbc3594ecf66af14b6b62e');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 13, 1795168980000003, 'admin', 'administrator', 'label.put', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-77b9-927d-06488ccd3375', '{"label":"stable","from":null,"to":"1.0.1","content_hash":"sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e"}', '7997d13f6eacf3c01818654efd8e7819edf66a5cb510c607586d316eff687e2d');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 14, 1795168980000004, 'admin', 'administrator', 'sample.put', '01a1f866-0d00-7579-946e-36ca49160fb0', 'support/reply', NULL, '127.0.0.1', '01a1f868-cc20-7a74-a5d0-b4e9244fdb20', '{"sample":"ada","variables":["name"],"new":true}', 'af037a7287f2a2ff6f18e5e409eed8f9963e70ff0138829ee7d6784be358e60d');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 15, 1795168980000005, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-7c90-9632-a74dbc23ba3c', 'old-name', NULL, '127.0.0.1', '01a1f868-cc20-7286-a449-6b5a61469169', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b","note":"","warnings":[],"activated":null}}', '929c5af4c73f353977a2d141e214eb402a7c4427db222d7dbc299482ab1ea0ab');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 16, 1795168980000006, 'admin', 'administrator', 'prompt.update', '01a1f868-cc20-7c90-9632-a74dbc23ba3c', 'new-name', NULL, '127.0.0.1', '01a1f868-cc20-7c71-b314-edf0d9f69a8b', '{"before":{"name":"old-name","description":"","category":"","owner":"","tags":[],"metadata":{}},"after":{"name":"new-name","description":"","category":"","owner":"","tags":[],"metadata":{}}}', 'a833630abba09065ba82283941d124934fbb2c4affe1bdc2ddaaad14cf4b57b0');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 17, 1795168980000007, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-76df-a7db-9d3ed16ee78b', 'gone', NULL, '127.0.0.1', '01a1f868-cc20-7146-8333-e3bbb49307e7', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b","note":"","warnings":[],"activated":null}}', '2366e7296ff6175e9bca24beb5ca17541e895ffbe3b67a2ca349c321d697f711');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 19, 1795168980000009, 'admin', 'administrator', 'environment.update', NULL, NULL, 'staging', '127.0.0.1', '01a1f868-cc20-758b-a5a5-a19ec2a87349', '{"before":{"rollback":"allowed"},"after":{"rollback":"fix_forward"}}', '0b6f99538e0bcdeda84ce2bb221597cd1f4dda67f2f5dd7d8c406bf7a1495a42');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 20, 1795168980000010, 'admin', 'administrator', 'key.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7f85-91c4-136b8d8f8e47', '{"id":"01a1f868-cc20-71c5-87d7-c9e79a06b5d3","name":"read","prefix":"pk_e823c7c7","scopes":"read","environment":null,"expires_at":null}', '4d79723e516018fed853d7c6a6cee2d2a22ddf857f0f703aad167f8f020b1eec');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 22, 1795168980000012, 'admin', 'administrator', 'key.revoke', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7445-8c3d-5761b926b4bd', '{"id":"01a1f868-cc20-78b8-901e-1b4ec915e7bf","name":"revoked","prefix":"pk_7e2f2a7e"}', '46803f19e5fd53e7f3227fc7f741b95898a7410316f2d2748d9a191f2681ec5f');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 18, 1795168980000008, 'admin', 'administrator', 'prompt.archive', '01a1f868-cc20-76df-a7db-9d3ed16ee78b', 'gone', NULL, '127.0.0.1', '01a1f868-cc20-7479-8f9b-d5c662c5938c', '{"live_in":[]}', '3eaf55b2d9e864301974b36b462665b079825c1b9ea20730ebb07ec1c99f95f9');
INSERT INTO public.audit VALUES ('00000000-0000-0000-0000-000000000000', 1, 1795168980000000, 'admin', 'administrator', 'project.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7df1-8509-affd9542d6f1', '{"id":"01a1f868-cc20-7ee3-b56d-48dd1001fabc","name":"second"}', 'fd22131ca479aaf7912e33a66789235400803b6a9a893b9865e5daa39b19e65a');
INSERT INTO public.audit VALUES ('01a1f868-cc20-7ee3-b56d-48dd1001fabc', 1, 1795168980000001, 'admin', 'administrator', 'prompt.create', '01a1f868-cc20-7244-9be0-05ee61544e0e', 'p', NULL, '127.0.0.1', '01a1f868-cc20-7824-913b-1ff9fdfc9bed', '{"kind":"text","version":{"version":"1.0.0","sequence":1,"content_hash":"sha256:2560b6a3114aff866d4a22407b75a525cd92e88bacef07f5b485335a8bf3ca53","note":"","warnings":[],"activated":null}}', '27393ac79e74d233a59003e90263f6a7e078583cdb07e33d24b0459102936bad');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 21, 1795168980000011, 'admin', 'administrator', 'key.create', NULL, NULL, NULL, '127.0.0.1', '01a1f868-cc20-7837-b1f8-ec80b543f862', '{"id":"01a1f868-cc20-78b8-901e-1b4ec915e7bf","name":"revoked","prefix":"pk_7e2f2a7e","scopes":"read","environment":null,"expires_at":null}', '9d6e051bf1c9f52a7e7a141c1eb5837252ee236524ea97333f1e3a556a3db77f');
INSERT INTO public.audit VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 23, 1795168980000013, 'pk_e823c7c7', 'pk_e823c7c7', 'denied', NULL, NULL, NULL, '127.0.0.1', NULL, '{"route":"POST /api/v1/prompts","code":"forbidden","times":1}', '5163b030c8bbaeae84e83bbbfefc4790330e4f543a92635a3c9c468afc7a8421');
INSERT INTO public.build_include VALUES ('01a1f866-0d00-7380-a55e-90443a0edc26', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 0, '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-76c3-b0df-c14a10fe073e', 'shared/tone');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 1, 1, 1795168800000001, 'version', '01a1f866-0d00-7d97-bf65-1934ef2c721e', NULL, '01a1f866-0d00-76c3-b0df-c14a10fe073e', NULL, NULL, '{"version":"01a1f866-0d00-76c3-b0df-c14a10fe073e","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 1, 0, 1795168800000001, 'prompt', '01a1f866-0d00-7d97-bf65-1934ef2c721e', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-7d97-bf65-1934ef2c721e","name":"shared/tone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000001,"updated_at":1795168800000001,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 2, 0, 1795168800000002, 'live', '01a1f866-0d00-7d97-bf65-1934ef2c721e', 'production', '01a1f866-0d00-76c3-b0df-c14a10fe073e', '01a1f866-0d00-76d7-b67e-332ce71140f3', 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 3, 1, 1795168800000003, 'version', '01a1f866-0d00-770c-8b52-71db56d0e0e5', NULL, '01a1f866-0d00-7380-a55e-90443a0edc26', NULL, NULL, '{"version":"01a1f866-0d00-7380-a55e-90443a0edc26","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 3, 0, 1795168800000003, 'prompt', '01a1f866-0d00-770c-8b52-71db56d0e0e5', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-770c-8b52-71db56d0e0e5","name":"chat","kind":"chat","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000003,"updated_at":1795168800000003,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 4, 0, 1795168800000004, 'live', '01a1f866-0d00-770c-8b52-71db56d0e0e5', 'production', '01a1f866-0d00-7380-a55e-90443a0edc26', '01a1f866-0d00-7853-8be4-6152a6ca8685', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 5, 1, 1795168800000005, 'version', '01a1f866-0d00-7579-946e-36ca49160fb0', NULL, '01a1f866-0d00-7949-a469-afc04cb54293', NULL, NULL, '{"version":"01a1f866-0d00-7949-a469-afc04cb54293","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 5, 0, 1795168800000005, 'prompt', '01a1f866-0d00-7579-946e-36ca49160fb0', NULL, NULL, NULL, NULL, '{"id":"01a1f866-0d00-7579-946e-36ca49160fb0","name":"support/reply","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168800000005,"updated_at":1795168800000005,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 6, 0, 1795168860000000, 'live', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-0d00-7949-a469-afc04cb54293', '01a1f866-f760-7d64-a03d-1080da2f5168', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 7, 0, 1795168860000001, 'version', '01a1f866-0d00-7579-946e-36ca49160fb0', NULL, '01a1f866-f760-7d29-b13c-8e2cd0dff408', NULL, NULL, '{"version":"01a1f866-f760-7d29-b13c-8e2cd0dff408","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 8, 0, 1795168920000000, 'live', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-f760-7d29-b13c-8e2cd0dff408', '01a1f867-e1c0-7de4-a0c1-3ccbfdeafb10', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 9, 0, 1795168920000001, 'version', '01a1f866-0d00-7579-946e-36ca49160fb0', NULL, '01a1f867-e1c0-7a43-b709-7ab6d1ec017a', NULL, NULL, '{"version":"01a1f867-e1c0-7a43-b709-7ab6d1ec017a","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 10, 0, 1795168980000000, 'live', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-0d00-7949-a469-afc04cb54293', '01a1f868-cc20-7df0-8753-dc06a9811771', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', '{"back":true}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 11, 0, 1795168980000001, 'version', '01a1f866-0d00-7579-946e-36ca49160fb0', NULL, '01a1f868-cc20-7817-9e5b-091c9d97d1fc', NULL, NULL, '{"version":"01a1f868-cc20-7817-9e5b-091c9d97d1fc","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 12, 0, 1795168980000002, 'live', '01a1f866-0d00-7579-946e-36ca49160fb0', 'staging', '01a1f867-e1c0-7a43-b709-7ab6d1ec017a', '01a1f868-cc20-7c2f-bf7f-c4ecc65ad4cc', 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', '{"back":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 13, 0, 1795168980000003, 'label', '01a1f866-0d00-7579-946e-36ca49160fb0', NULL, '01a1f866-f760-7d29-b13c-8e2cd0dff408', NULL, NULL, '{"name":"stable"}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 14, 0, 1795168980000004, 'other', '01a1f866-0d00-7579-946e-36ca49160fb0', NULL, NULL, NULL, NULL, '{}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 15, 1, 1795168980000005, 'version', '01a1f868-cc20-7c90-9632-a74dbc23ba3c', NULL, '01a1f868-cc20-7962-b20c-032c2f3d9da4', NULL, NULL, '{"version":"01a1f868-cc20-7962-b20c-032c2f3d9da4","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 15, 0, 1795168980000005, 'prompt', '01a1f868-cc20-7c90-9632-a74dbc23ba3c', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7c90-9632-a74dbc23ba3c","name":"old-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000005,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 16, 1, 1795168980000006, 'prompt', '01a1f868-cc20-7c90-9632-a74dbc23ba3c', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7c90-9632-a74dbc23ba3c","name":"new-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000006,"archived_at":null,"former":[{"name":"old-name","until":1795168980000006}]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 16, 0, 1795168980000006, 'prompt', '01a1f868-cc20-7c90-9632-a74dbc23ba3c', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7c90-9632-a74dbc23ba3c","name":"old-name","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000005,"updated_at":1795168980000006,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 17, 1, 1795168980000007, 'version', '01a1f868-cc20-76df-a7db-9d3ed16ee78b', NULL, '01a1f868-cc20-7a33-8782-b7c780668fde', NULL, NULL, '{"version":"01a1f868-cc20-7a33-8782-b7c780668fde","archived":false}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 17, 0, 1795168980000007, 'prompt', '01a1f868-cc20-76df-a7db-9d3ed16ee78b', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-76df-a7db-9d3ed16ee78b","name":"gone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000007,"updated_at":1795168980000007,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 18, 0, 1795168980000008, 'prompt', '01a1f868-cc20-76df-a7db-9d3ed16ee78b', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-76df-a7db-9d3ed16ee78b","name":"gone","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000007,"updated_at":1795168980000008,"archived_at":1795168980000008,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 19, 0, 1795168980000009, 'environment', NULL, NULL, NULL, NULL, NULL, '{"name":"staging","position":2,"production":false,"rollback":"fix_forward"}');
INSERT INTO public.change VALUES ('00000000-0000-0000-0000-000000000000', 1, 0, 1795168980000000, 'project', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7ee3-b56d-48dd1001fabc","name":"second"}');
INSERT INTO public.change VALUES ('01a1f868-cc20-7ee3-b56d-48dd1001fabc', 1, 1, 1795168980000001, 'version', '01a1f868-cc20-7244-9be0-05ee61544e0e', NULL, '01a1f868-cc20-7418-91c7-3b2b81e702a9', NULL, NULL, '{"version":"01a1f868-cc20-7418-91c7-3b2b81e702a9","archived":false}');
INSERT INTO public.change VALUES ('01a1f868-cc20-7ee3-b56d-48dd1001fabc', 1, 0, 1795168980000001, 'prompt', '01a1f868-cc20-7244-9be0-05ee61544e0e', NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-7244-9be0-05ee61544e0e","name":"p","kind":"text","description":"","category":"","owner":"","tags":"[]","metadata":"{}","created_by":"administrator","created_at":1795168980000001,"updated_at":1795168980000001,"archived_at":null,"former":[]}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 21, 0, 1795168980000011, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-78b8-901e-1b4ec915e7bf","name":"revoked","prefix":"pk_7e2f2a7e","hash":"2051a96afabee9a0ac826e9042396921e665adc31e7f25f6b7ae091cc95ec37d","scopes":"read","environment":null,"instance_admin":false,"expires_at":null}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 23, 0, 1795168980000013, 'other', NULL, NULL, NULL, NULL, NULL, '{}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 20, 0, 1795168980000010, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-71c5-87d7-c9e79a06b5d3","name":"read","prefix":"pk_e823c7c7","hash":"5955be827d64186a1fa161c85aa18690695730f1478f6284eb5a43178b1a90f7","scopes":"read","environment":null,"instance_admin":false,"expires_at":null}');
INSERT INTO public.change VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 22, 0, 1795168980000012, 'key', NULL, NULL, NULL, NULL, NULL, '{"id":"01a1f868-cc20-78b8-901e-1b4ec915e7bf","hash":"2051a96afabee9a0ac826e9042396921e665adc31e7f25f6b7ae091cc95ec37d","revoked":true}');
INSERT INTO public.deployment VALUES ('01a1f866-0d00-76d7-b67e-332ce71140f3', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7d97-bf65-1934ef2c721e', 'production', '01a1f866-0d00-76c3-b0df-c14a10fe073e', NULL, 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', 'completed', 'immediate', 'forward', '', 'administrator', 1795168800000002, NULL, 2);
INSERT INTO public.deployment VALUES ('01a1f866-0d00-7853-8be4-6152a6ca8685', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-770c-8b52-71db56d0e0e5', 'production', '01a1f866-0d00-7380-a55e-90443a0edc26', NULL, 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 'completed', 'immediate', 'forward', '', 'administrator', 1795168800000004, NULL, 4);
INSERT INTO public.deployment VALUES ('01a1f866-f760-7d64-a03d-1080da2f5168', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-0d00-7949-a469-afc04cb54293', NULL, 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'completed', 'immediate', 'forward', '', 'administrator', 1795168860000000, 1795168920000000, 6);
INSERT INTO public.deployment VALUES ('01a1f867-e1c0-7de4-a0c1-3ccbfdeafb10', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-f760-7d29-b13c-8e2cd0dff408', '01a1f866-0d00-7949-a469-afc04cb54293', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', 'completed', 'immediate', 'forward', '', 'administrator', 1795168920000000, 1795168980000000, 8);
INSERT INTO public.deployment VALUES ('01a1f868-cc20-7df0-8753-dc06a9811771', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-0d00-7949-a469-afc04cb54293', '01a1f866-f760-7d29-b13c-8e2cd0dff408', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'completed', 'immediate', 'back', '', 'administrator', 1795168980000000, NULL, 10);
INSERT INTO public.deployment VALUES ('01a1f868-cc20-7c2f-bf7f-c4ecc65ad4cc', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 'staging', '01a1f867-e1c0-7a43-b709-7ab6d1ec017a', NULL, 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', 'completed', 'immediate', 'forward', '', 'administrator', 1795168980000002, NULL, 12);
INSERT INTO public.environment VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'development', 1, false, 1795168800000000, 'allowed');
INSERT INTO public.environment VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'production', 3, true, 1795168800000000, 'allowed');
INSERT INTO public.environment VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'staging', 2, false, 1795168800000000, 'fix_forward');
INSERT INTO public.environment VALUES ('01a1f868-cc20-7ee3-b56d-48dd1001fabc', 'development', 1, false, 1795168980000000, 'allowed');
INSERT INTO public.environment VALUES ('01a1f868-cc20-7ee3-b56d-48dd1001fabc', 'staging', 2, false, 1795168980000000, 'allowed');
INSERT INTO public.environment VALUES ('01a1f868-cc20-7ee3-b56d-48dd1001fabc', 'production', 3, true, 1795168980000000, 'allowed');
INSERT INTO public.idempotency VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'admin', 'POST /api/v1/prompts', 'first', '4e3db4caa775ec56430e471008209be6e60330a48de6094fc6d1053ae32b20f8', 201, '{"id":"01a1f866-0d00-770c-8b52-71db56d0e0e5","name":"chat","kind":"chat","description":"","category":"","tags":[],"owner":"","metadata":{},"archived":false,"live":{},"latest":{"version":"1.0.0","sequence":1,"created_at":"2026-11-20T10:00:00.000Z"},"created_by":"administrator","created_at":"2026-11-20T10:00:00.000Z","updated_at":"2026-11-20T10:00:00.000Z"}', 1795168800000003);
INSERT INTO public.include VALUES ('01a1f866-0d00-7380-a55e-90443a0edc26', 0, '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'shared/tone', 'shared/tone', NULL);
INSERT INTO public.label VALUES ('01a1f866-0d00-7579-946e-36ca49160fb0', 'stable', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-f760-7d29-b13c-8e2cd0dff408', 'administrator', 1795168980000003, 13);
INSERT INTO public.live VALUES ('01a1f866-0d00-76d7-b67e-332ce71140f3', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7d97-bf65-1934ef2c721e', 'production', '01a1f866-0d00-76c3-b0df-c14a10fe073e', 'sha256:aff0119389b743fdd8febb6ac0cb612866ea8f08b8c265a3e32da48078c102aa', 1795168800000002, NULL, 2, false);
INSERT INTO public.live VALUES ('01a1f866-0d00-7853-8be4-6152a6ca8685', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-770c-8b52-71db56d0e0e5', 'production', '01a1f866-0d00-7380-a55e-90443a0edc26', 'sha256:fb08b5bee7a0b7cafaa3e2f9e68658b92e85fa2b0aff2b4758cf86e418b5bf46', 1795168800000004, NULL, 4, false);
INSERT INTO public.live VALUES ('01a1f866-f760-7d64-a03d-1080da2f5168', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-0d00-7949-a469-afc04cb54293', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 1795168860000000, 1795168920000000, 6, false);
INSERT INTO public.live VALUES ('01a1f867-e1c0-7de4-a0c1-3ccbfdeafb10', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-f760-7d29-b13c-8e2cd0dff408', 'sha256:8cef0994ec6f1f149277b630e4e35db225ea5b77d411460d624a206feba492ed', 1795168920000000, 1795168980000000, 8, true);
INSERT INTO public.live VALUES ('01a1f868-cc20-7df0-8753-dc06a9811771', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 'production', '01a1f866-0d00-7949-a469-afc04cb54293', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 1795168980000000, NULL, 10, false);
INSERT INTO public.live VALUES ('01a1f868-cc20-7c2f-bf7f-c4ecc65ad4cc', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 'staging', '01a1f867-e1c0-7a43-b709-7ab6d1ec017a', 'sha256:6a956317dbe9c655aa4102dc0a09abca31c22087a95f0b77146d36c6640c57c3', 1795168980000002, NULL, 12, false);
INSERT INTO public.meta VALUES ('oldest_binary', '0.1.0');
INSERT INTO public.meta VALUES ('epoch', '011f2ad8ef23688b');
INSERT INTO public.meta VALUES ('token_key', 'bacabf49d91ac1632d6816666892b836538345ba7fb82d61c18ea317eefb857d');
INSERT INTO public.node VALUES ('01a1f866-0d00-7c7e-8f8c-8e967c093b5c', '01a1f868-cc20-7ee3-b56d-48dd1001fabc', 1, 1795168980000000);
INSERT INTO public.node VALUES ('01a1f866-0d00-7c7e-8f8c-8e967c093b5c', '00000000-0000-0000-0000-000000000000', 1, 1795168980000000);
INSERT INTO public.node VALUES ('01a1f866-0d00-7c7e-8f8c-8e967c093b5c', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 22, 1795168980000000);
INSERT INTO public.project VALUES ('00000000-0000-0000-0000-000000000000', '_instance', 1795168800000000, 1, 1795168980000000, 1, 'fd22131ca479aaf7912e33a66789235400803b6a9a893b9865e5daa39b19e65a');
INSERT INTO public.project VALUES ('01a1f868-cc20-7ee3-b56d-48dd1001fabc', 'second', 1795168980000000, 1, 1795168980000001, 1, '27393ac79e74d233a59003e90263f6a7e078583cdb07e33d24b0459102936bad');
INSERT INTO public.project VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'default', 1795168800000000, 23, 1795168980000013, 23, '5163b030c8bbaeae84e83bbbfefc4790330e4f543a92635a3c9c468afc7a8421');
INSERT INTO public.prompt VALUES ('01a1f866-0d00-7d97-bf65-1934ef2c721e', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'shared/tone', 'shared/tone', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168800000001, 1795168800000001, NULL, 1, 0, 0);
INSERT INTO public.prompt VALUES ('01a1f866-0d00-770c-8b52-71db56d0e0e5', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'chat', 'chat', 'chat', '', '', '', '', '[]', '{}', 'administrator', 1795168800000003, 1795168800000003, NULL, 3, 0, 0);
INSERT INTO public.prompt VALUES ('01a1f866-0d00-7579-946e-36ca49160fb0', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'support/reply', 'support/reply', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168800000005, 1795168800000005, NULL, 5, 0, 0);
INSERT INTO public.prompt VALUES ('01a1f868-cc20-7c90-9632-a74dbc23ba3c', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'new-name', 'new-name', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000005, 1795168980000006, NULL, 16, 0, 16);
INSERT INTO public.prompt VALUES ('01a1f868-cc20-76df-a7db-9d3ed16ee78b', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'gone', 'gone', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000007, 1795168980000008, 1795168980000008, 18, 0, 0);
INSERT INTO public.prompt VALUES ('01a1f868-cc20-7244-9be0-05ee61544e0e', '01a1f868-cc20-7ee3-b56d-48dd1001fabc', 'p', 'p', 'text', '', '', '', '', '[]', '{}', 'administrator', 1795168980000001, 1795168980000001, NULL, 1, 0, 0);
INSERT INTO public.prompt_archived VALUES ('01a1f868-cc20-76df-a7db-9d3ed16ee78b', 1795168980000008, NULL, '01a1f866-0d00-790f-95f2-9c3b5bb47d13');
INSERT INTO public.redirect VALUES ('01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'old-name', 'old-name', '01a1f868-cc20-7c90-9632-a74dbc23ba3c', 1795168980000006);
INSERT INTO public.sample VALUES ('01a1f866-0d00-7579-946e-36ca49160fb0', 'ada', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 'short', '{"name":"Ada"}', 'administrator', 1795168980000004);
INSERT INTO public.use_count VALUES ('01a1f866-0d00-7579-946e-36ca49160fb0', '01a1f866-0d00-7949-a469-afc04cb54293', 'sha256:3d0ef14da6f94b26665c1dbb0752feb6ffa86607865447be07919d1caa17e774', 'production', '01a1f868-cc20-71c5-87d7-c9e79a06b5d3', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', 1, 1795168980000000, 1795168980000000);
INSERT INTO public.version VALUES ('01a1f866-0d00-76c3-b0df-c14a10fe073e', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7d97-bf65-1934ef2c721e', 1, 1, 0, 0, '', '"Be kind."', 'jinja', '[]', '{}', 'sha256:395f63fd28ba5b742c15f3f98ed7ffe5e6c1efa62422342acf35c14e3e6113cd', '', '{}', '[]', 'administrator', 1795168800000001, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f866-0d00-7380-a55e-90443a0edc26', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-770c-8b52-71db56d0e0e5', 1, 1, 0, 0, '', '[{"role":"system","content":"{% include ''shared/tone'' %}"},{"placeholder":"history"},{"role":"user","content":"{{ question }}"}]', 'jinja', '[{"name":"history","required":true},{"name":"question","required":true}]', '{}', 'sha256:f0890e2bebdd6aacd1b28908d3160cc7344baaaa2b0dffc10a4ac46c06828663', '', '{}', '[]', 'administrator', 1795168800000003, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f866-0d00-7949-a469-afc04cb54293', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 1, 1, 0, 0, '', '"Hi {{ name }}, ça va? 👋"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:4f53d9b6f076cf0e7124396b47fa709bd62065b301024d63de275ebc40e69b21', '', '{}', '[]', 'administrator', 1795168800000005, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f866-f760-7d29-b13c-8e2cd0dff408', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 2, 1, 0, 1, '', '"Hello {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:7ecbf32837b22259203b6eeb09037d5384811c4deec4f4ae3a480eadd13b320e', '', '{}', '[]', 'administrator', 1795168860000001, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f867-e1c0-7a43-b709-7ab6d1ec017a', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 3, 1, 0, 2, '', '"Dear {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:d488932f9673c84c7c8a3d95cbe7408704ab85a8c2f878d555a1a84f2e563c1f', '', '{}', '[]', 'administrator', 1795168920000001, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f868-cc20-7817-9e5b-091c9d97d1fc', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f866-0d00-7579-946e-36ca49160fb0', 4, 1, 0, 3, '', '"Good day {{ name }}"', 'jinja', '[{"name":"name","required":true}]', '{}', 'sha256:e581daadac4b1e56a44e50bb5ddb761b8b8d086a6fd2c421555a867084382da9', '', '{}', '[]', 'administrator', 1795168980000001, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f868-cc20-7962-b20c-032c2f3d9da4', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f868-cc20-7c90-9632-a74dbc23ba3c', 1, 1, 0, 0, '', '"one"', 'jinja', '[]', '{}', 'sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b', '', '{}', '[]', 'administrator', 1795168980000005, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f868-cc20-7a33-8782-b7c780668fde', '01a1f866-0d00-790f-95f2-9c3b5bb47d13', '01a1f868-cc20-76df-a7db-9d3ed16ee78b', 1, 1, 0, 0, '', '"one"', 'jinja', '[]', '{}', 'sha256:dc14a2d9dd985a4ed4ab74d723a85efc726f05b8cd87c4e6b17f01f4cda4318b', '', '{}', '[]', 'administrator', 1795168980000007, NULL, NULL);
INSERT INTO public.version VALUES ('01a1f868-cc20-7418-91c7-3b2b81e702a9', '01a1f868-cc20-7ee3-b56d-48dd1001fabc', '01a1f868-cc20-7244-9be0-05ee61544e0e', 1, 1, 0, 0, '', '"of another project"', 'jinja', '[]', '{}', 'sha256:2560b6a3114aff866d4a22407b75a525cd92e88bacef07f5b485335a8bf3ca53', '', '{}', '[]', 'administrator', 1795168980000001, NULL, NULL);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.access_key
    ADD CONSTRAINT access_key_hash_key UNIQUE (hash);
ALTER TABLE ONLY public.access_key
    ADD CONSTRAINT access_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (project_id, n);
ALTER TABLE ONLY public.build_include
    ADD CONSTRAINT build_include_pkey PRIMARY KEY (version_id, build_hash, ordinal);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (project_id, revision, ordinal);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.environment
    ADD CONSTRAINT environment_pkey PRIMARY KEY (project_id, name);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (project_id, actor, route, name);
ALTER TABLE ONLY public.include
    ADD CONSTRAINT include_pkey PRIMARY KEY (version_id, ordinal);
ALTER TABLE ONLY public.label
    ADD CONSTRAINT label_pkey PRIMARY KEY (prompt_id, name);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_pkey PRIMARY KEY (deployment_id);
ALTER TABLE ONLY public.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (id, project_id);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_name_key UNIQUE (name);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.prompt_archived
    ADD CONSTRAINT prompt_archived_pkey PRIMARY KEY (prompt_id, since);
ALTER TABLE ONLY public.prompt
    ADD CONSTRAINT prompt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.redirect
    ADD CONSTRAINT redirect_pkey PRIMARY KEY (project_id, name_folded);
ALTER TABLE ONLY public.sample
    ADD CONSTRAINT sample_pkey PRIMARY KEY (prompt_id, name);
ALTER TABLE ONLY public.use_count
    ADD CONSTRAINT use_count_pkey PRIMARY KEY (prompt_id, version_id, build_hash, environment, key_id);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_pkey PRIMARY KEY (id);
CREATE INDEX access_key_list ON public.access_key USING btree (project_id, created_at, id);
CREATE INDEX audit_prompt ON public.audit USING btree (prompt_id, n);
CREATE INDEX build_include_included ON public.build_include USING btree (included_id);
CREATE INDEX deployment_list ON public.deployment USING btree (project_id, created_at, id);
CREATE UNIQUE INDEX environment_one_production ON public.environment USING btree (project_id) WHERE production;
CREATE INDEX idempotency_age ON public.idempotency USING btree (created_at);
CREATE INDEX include_name ON public.include USING btree (project_id, name_folded);
CREATE INDEX label_name ON public.label USING btree (name, project_id);
CREATE INDEX label_version ON public.label USING btree (version_id);
CREATE UNIQUE INDEX live_one ON public.live USING btree (prompt_id, environment) WHERE (until IS NULL);
CREATE INDEX live_project ON public.live USING btree (project_id) WHERE (until IS NULL);
CREATE INDEX live_time ON public.live USING btree (prompt_id, environment, since);
CREATE INDEX live_version ON public.live USING btree (version_id);
CREATE UNIQUE INDEX prompt_name ON public.prompt USING btree (project_id, name_folded);
CREATE INDEX redirect_prompt ON public.redirect USING btree (prompt_id);
CREATE INDEX use_count_version ON public.use_count USING btree (version_id);
CREATE INDEX version_content ON public.version USING btree (prompt_id, content_hash, sequence);
CREATE UNIQUE INDEX version_number ON public.version USING btree (prompt_id, major, minor, patch, pre);
CREATE UNIQUE INDEX version_sequence ON public.version USING btree (prompt_id, sequence);
ALTER TABLE ONLY public.access_key
    ADD CONSTRAINT access_key_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.build_include
    ADD CONSTRAINT build_include_included_id_fkey FOREIGN KEY (included_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.build_include
    ADD CONSTRAINT build_include_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.build_include
    ADD CONSTRAINT build_include_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_from_version_id_fkey FOREIGN KEY (from_version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT deployment_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.environment
    ADD CONSTRAINT environment_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.include
    ADD CONSTRAINT include_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.include
    ADD CONSTRAINT include_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.label
    ADD CONSTRAINT label_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.label
    ADD CONSTRAINT label_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.label
    ADD CONSTRAINT label_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_deployment_id_fkey FOREIGN KEY (deployment_id) REFERENCES public.deployment(id);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_project_id_environment_fkey FOREIGN KEY (project_id, environment) REFERENCES public.environment(project_id, name);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.live
    ADD CONSTRAINT live_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.prompt_archived
    ADD CONSTRAINT prompt_archived_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.prompt_archived
    ADD CONSTRAINT prompt_archived_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.prompt
    ADD CONSTRAINT prompt_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.redirect
    ADD CONSTRAINT redirect_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.redirect
    ADD CONSTRAINT redirect_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.sample
    ADD CONSTRAINT sample_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.sample
    ADD CONSTRAINT sample_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.use_count
    ADD CONSTRAINT use_count_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.use_count
    ADD CONSTRAINT use_count_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
ALTER TABLE ONLY public.use_count
    ADD CONSTRAINT use_count_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES public.prompt(id);
