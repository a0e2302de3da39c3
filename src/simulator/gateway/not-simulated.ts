/** A call of TikTok, as its official SDK names it. */
export interface KnownCall {
  method: string;
  path: string;
  name: string;
}

/**
 * Calls that TikTok has (official SDK of January 2026) and the simulator has not. To a client the difference between "TikTok
 * has no such call" and "the simulator has not" is everything.
 */
export const notSimulated: readonly KnownCall[] = `
GET /affiliate/202309/live_rooms GetLiveRoomInfo
GET /affiliate/202309/profiles GetCreatorProfileold
GET /affiliate/202309/shop_products GetShopProductslegacy
DELETE /affiliate/202309/showcases/products RemoveShowcaseProductsold
GET /affiliate/202309/showcases/products GetShowcaseProductsold
POST /affiliate/202309/showcases/products AddShowcaseProductsold
POST /affiliate/202309/showcases/products/top TopShowcaseProductsold
POST /affiliate/202402/anchors/prerequisite_check CheckAnchorPrerequisites
POST /affiliate/202403/anchors/content_check CheckAnchorContent
POST /affiliate_creator/202405/open_collaborations/products/search CreatorSearchOpenCollaborationProduct
POST /affiliate_creator/202405/orders/search SearchCreatorAffiliateOrders
GET /affiliate_creator/202405/profiles GetCreatorProfile
GET /affiliate_creator/202405/showcases/products GetShowcaseProducts
POST /affiliate_creator/202405/showcases/products/add AddShowcaseProducts
POST /affiliate_creator/202405/target_collaborations/search SearchCreatorTargetCollaborations
POST /affiliate_creator/202407/affiliate_sharing_links/generate_batch GenerateAffiliateSharingLink
POST /affiliate_creator/202409/sample_applications/fulfillments/search CreatorSearchSampleApplicationFulfillments
DELETE /affiliate_creator/202409/showcases/products RemoveShowcaseProducts
POST /affiliate_creator/202409/showcases/products/top TopShowcaseProducts
POST /affiliate_creator/202410/orders/search SearchCreatorAffiliateOrders
POST /affiliate_creator/202412/sample_applications/search SearchCreatorSampleApplications
POST /affiliate_creator/202412/sample_applications/single_query GetCreatorSampleApplicationDetail
GET /affiliate_creator/202412/samples/labels GetCreatorApplicableSampleLabel
POST /affiliate_creator/202501/affiliate_sharing_links/generate_batch GenerateAffiliateSharingLink
POST /affiliate_creator/202501/selection/products/search CreatorSelectAffiliateProduct
GET /affiliate_creator/202508/profiles GetCreatorProfile
POST /affiliate_creator/202509/open_collaborations/products GetOpenCollaborationProductListByProductIds
GET /affiliate_creator/202512/samples/deeplink CreatorGetSampleRequestDeeplink
GET /affiliate_partner/202405/campaigns GetAffiliatePartnerCampaignList
POST /affiliate_partner/202405/campaigns CreateAffiliatePartnerCampaign
GET /affiliate_partner/202405/campaigns/{campaign_id} GetAffiliatePartnerCampaignDetail
POST /affiliate_partner/202405/campaigns/{campaign_id}/partial_edit EditAffiliatePartnerCampaign
GET /affiliate_partner/202405/campaigns/{campaign_id}/products GetAffiliatePartnerCampaignProductList
POST /affiliate_partner/202405/campaigns/{campaign_id}/products/{product_id}/promotion_link/generate GenerateAffiliatePartnerCampaignProductLink
POST /affiliate_partner/202405/campaigns/{campaign_id}/products/{product_id}/review ReviewAffiliatePartnerCampaignProduct
POST /affiliate_partner/202405/campaigns/{campaign_id}/publish PublishAffiliatePartnerCampaign
POST /affiliate_partner/202411/orders/search SearchTapAffiliateOrders
GET /affiliate_partner/202501/campaigns/{campaign_id}/products/performance GetAffiliateCampaignCreatorFulfillmentStatusList
GET /affiliate_partner/202501/campaigns/{campaign_id}/products/{product_id}/creator/{creator_temp_id}/content/statistics GetAffiliateCampaignCreatorProductContentStatistics
GET /affiliate_partner/202501/campaigns/{campaign_id}/products/{product_id}/creator/{creator_temp_id}/content/statistics/sample/status GetAffiliateCampaignCreatorProductSampleStatus
GET /affiliate_partner/202501/campaigns/{campaign_id}/products/{product_id}/performance GetAffiliateCampaignCreatorFulfillmentStatusInfo
POST /affiliate_partner/202505/campaigns/{campaign_id}/products/promotion_links/generate_batch PartnerGenerateMultiAffiliateCampaignProductLink
GET /affiliate_partner/202508/campaigns/{campaign_id}/products/{product_id}/creator/{creator_temp_id}/content/statistics GetAffiliateCampaignCreatorProductContentStatistics
GET /affiliate_partner/202508/campaigns/{campaign_id}/products/{product_id}/creator/{creator_temp_id}/content/statistics/sample/status GetAffiliateCampaignCreatorProductSampleStatus
POST /affiliate_seller/202405/open_collaboration_settings EditOpenCollaborationSettings
POST /affiliate_seller/202405/open_collaborations CreateOpenCollaboration
POST /affiliate_seller/202405/open_collaborations/products/search SellerSearchAffiliateOpenCollaborationProduct
POST /affiliate_seller/202405/open_collaborations/{open_collaboration_id}/remove_creator RemoveCreatorFromOpenCollaboration
POST /affiliate_seller/202405/orders/search SearchSellerAffiliateOrders
POST /affiliate_seller/202405/products/{product_id}/promotion_link/generate GenerateAffiliateProductPromotionLink
POST /affiliate_seller/202405/target_collaborations CreateTargetCollaboration
POST /affiliate_seller/202406/marketplace_creators/search SellerSearchCreatoronMarketplace
GET /affiliate_seller/202406/marketplace_creators/{creator_user_id} GetMarketplaceCreatorPerformance
GET /affiliate_seller/202409/open_collaboration_settings GetOpenCollaborationSettings
DELETE /affiliate_seller/202409/open_collaborations/products/{product_id} RemoveOpenCollaboration
POST /affiliate_seller/202409/open_collaborations/search SearchOpenCollaboration
POST /affiliate_seller/202409/sample_applications/search SellerSearchSampleApplications
POST /affiliate_seller/202409/sample_applications/{application_id}/fulfillments/search SellerSearchSampleApplicationsFulfillments
POST /affiliate_seller/202409/sample_applications/{application_id}/review SellerReviewSampleApplications
POST /affiliate_seller/202409/target_collaborations/search SearchTargetCollaborations
DELETE /affiliate_seller/202409/target_collaborations/{target_collaboration_id} RemoveTargetCollaboration
GET /affiliate_seller/202409/target_collaborations/{target_collaboration_id} QueryTargetCollaborationDetail
PUT /affiliate_seller/202409/target_collaborations/{target_collaboration_id} UpdateTargetCollaboration
GET /affiliate_seller/202410/open_collaborations/sample_rules GetOpenCollaborationSampleRules
POST /affiliate_seller/202410/open_collaborations/sample_rules EditOpenCollaborationSampleRule
POST /affiliate_seller/202410/orders/search SearchSellerAffiliateOrders
GET /affiliate_seller/202412/conversation/{conversation_id}/messages GetMessageintheConversation
GET /affiliate_seller/202412/conversations GetConversationList
POST /affiliate_seller/202412/conversations CreateConversationwithcreator
GET /affiliate_seller/202412/conversations/messages/list/newest GetLatestUnreadMessages
POST /affiliate_seller/202412/conversations/{conversation_id}/messages SendIMMessage
POST /affiliate_seller/202412/conversatons/read MarkConversationRead
POST /affiliate_seller/202412/open_collaborations CreateOpenCollaboration
GET /affiliate_seller/202412/open_collaborations/creator_content_details GetOpenCollaborationCreatorContentDetail
POST /affiliate_seller/202412/open_collaborations/search SearchOpenCollaboration
GET /affiliate_seller/202412/target_collaborations/{target_collaboration_id} QueryTargetCollaborationDetail
GET /affiliate_seller/202505/conversations GetConversationList
POST /affiliate_seller/202505/marketplace_creators/search SellerSearchCreatoronMarketplace
GET /affiliate_seller/202505/marketplace_creators/{creator_user_id} GetMarketplaceCreatorPerformance
POST /affiliate_seller/202507/sample_applications/search SellerSearchSampleApplications
POST /affiliate_seller/202507/sample_applications/{application_id}/review SellerReviewSampleApplications
POST /affiliate_seller/202508/conversations CreateConversationwithcreator
POST /affiliate_seller/202508/marketplace_creators/search SellerSearchCreatoronMarketplace
GET /affiliate_seller/202508/marketplace_creators/{creator_user_id} GetMarketplaceCreatorPerformance
GET /affiliate_seller/202508/open_collaborations/creator_content_details GetOpenCollaborationCreatorContentDetail
POST /affiliate_seller/202508/open_collaborations/{open_collaboration_id}/remove_creator RemoveCreatorFromOpenCollaboration
POST /affiliate_seller/202508/sample_applications/search SellerSearchSampleApplications
POST /affiliate_seller/202508/target_collaborations CreateTargetCollaboration
POST /affiliate_seller/202508/target_collaborations/search SearchTargetCollaborations
GET /affiliate_seller/202508/target_collaborations/{target_collaboration_id} QueryTargetCollaborationDetail
PUT /affiliate_seller/202508/target_collaborations/{target_collaboration_id} UpdateTargetCollaboration
POST /affiliate_seller/202509/target_collaboration/{target_collaboration_id}/link GenerateTargetCollaborationLink
POST /affiliate_seller/202511/images/upload UploadMessageImage
GET /affiliate_seller/202512/sample_applications/deeplink SellerGetSampleRequestDeeplink
GET /analytics/202405/shop/performance GetShopPerformance
GET /analytics/202405/shop_products/performance GetShopProductPerformanceList
GET /analytics/202405/shop_products/{product_id}/performance GetShopProductPerformance
GET /analytics/202406/shop_skus/performance GetShopSKUPerformanceList
GET /analytics/202406/shop_skus/{sku_id}/performance GetShopSKUPerformance
GET /analytics/202409/shop_videos/overview_performance GetShopVideoPerformanceOverview
GET /analytics/202409/shop_videos/performance GetShopVideoPerformanceList
GET /analytics/202409/shop_videos/{video_id}/performance GetShopVideoPerformanceDetails
GET /analytics/202409/shop_videos/{video_id}/products/performance GetShopVideoProductPerformanceList
GET /analytics/202508/shop_lives/overview_performance GetShopLIVEPerformanceOverview
GET /analytics/202508/shop_lives/performance GetShopLIVEPerformanceList
GET /authorization/202312/widget_token GetWidgetToken
GET /authorization/202401/widget_token GetWidgetToken
GET /authorization/202405/category_assets GetAuthorizedCategoryAssets
GET /customer_service/202309/agents/settings GetAgentSettings
PUT /customer_service/202309/agents/settings UpdateAgentSettings
GET /customer_service/202309/conversations GetConversations
POST /customer_service/202309/conversations CreateConversation
GET /customer_service/202309/conversations/{conversation_id}/messages GetConversationMessages
POST /customer_service/202309/conversations/{conversation_id}/messages SendMessage
POST /customer_service/202309/conversations/{conversation_id}/messages/read ReadMessage
POST /customer_service/202309/images/upload UploadBuyerMessagesImage
GET /customer_service/202407/performance GetCustomerServicePerformance
GET /customer_service/202601/conversations/{conversation_id} GetConversation
POST /data_reconciliation/202309/orders/sync OrderStatusDataExchange
POST /data_reconciliation/202310/orders/import QualityFactoryOrderDataImportAPI
POST /data_reconciliation/202401/orders/import QualityFactoryOrderDataImportAPI
POST /fbt/202408/inventory/search SearchFBTInventory
GET /fbt/202408/warehouses GetFBTWarehouseList
POST /fbt/202409/goods/search SearchGoodsInfo
GET /fbt/202409/inbound_orders GetInboundOrder
GET /fbt/202409/merchants/onboarded_regions GetFBTMerchantOnboardedRegions
POST /fbt/202410/inventory_records/search SearchFBTInventoryRecord
GET /finance/202309/orders/{order_id}/statement_transactions GetTransactionsbyOrder
GET /finance/202309/payments GetPayments
GET /finance/202309/statements GetStatements
GET /finance/202309/statements/{statement_id}/statement_transactions GetTransactionsbyStatement
GET /finance/202309/withdrawals GetWithdrawals
GET /finance/202501/orders/{order_id}/statement_transactions GetTransactionsbyOrder
GET /finance/202501/statements/{statement_id}/statement_transactions GetTransactionsbyStatement
GET /finance/202507/orders/unsettled GetUnsettledTransactions
POST /fulfillment/202309/files/upload FulfillmentUploadDeliveryFile
POST /fulfillment/202309/images/upload FulfillmentUploadDeliveryImage
GET /fulfillment/202309/orders/{order_id}/handover_time_slots GetHandoverTimeslots
POST /fulfillment/202309/orders/{order_id}/shipping_services/query GetEligibleShippingService
POST /fulfillment/202309/packages CreatePackages
POST /fulfillment/202309/packages/deliver UpdatePackageDeliveryStatus
POST /fulfillment/202309/packages/schedule SchedulePackageHandover
GET /fulfillment/202309/packages/{package_id}/handover_time_slots GetPackageHandoverTimeSlots
GET /fulfillment/202309/packages/{package_id}/shipping_documents GetPackageShippingDocument
POST /fulfillment/202407/bundles CreateFirstMileBundle
POST /fulfillment/202502/invoice/upload UploadInvoice
GET /fulfillment/202508/tts_tracking_validation TTSTrackingValidation
POST /fulfillment/202510/first_mile_bundle CreateFirstMileBundleV2
POST /fulfillment/202512/packages CreatePackages
GET /logistics/202510/seller_templates GetAvailableShippingTemplate
POST /open/202512/file/init UploadFileInit
GET /order/202309/privileged_orders GetPrivilegedOrderDetail
POST /order/202511/orders/blind_box_result/callback UpdateTheBlindBoxOpeningResults
GET /product/202309/categories/{category_id}/global_attributes GetGlobalAttributes
GET /product/202309/categories/{category_id}/global_rules GetGlobalCategoryRules
GET /product/202309/global_categories GetGlobalCategories
POST /product/202309/global_categories/recommend RecommendGlobalCategories
DELETE /product/202309/global_products DeleteGlobalProducts
POST /product/202309/global_products CreateGlobalProduct
POST /product/202309/global_products/search SearchGlobalProducts
GET /product/202309/global_products/{global_product_id} GetGlobalProduct
PUT /product/202309/global_products/{global_product_id} EditGlobalProduct
POST /product/202309/global_products/{global_product_id}/inventory/update UpdateGlobalInventory
POST /product/202309/global_products/{global_product_id}/publish PublishGlobalProduct
POST /product/202312/global_products/search SearchGlobalProducts
GET /product/202401/listing_schemas ListingSchemas
POST /product/202404/images/optimize OptimizedImages
GET /product/202405/products/diagnoses ProductInformationIssueDiagnosis
GET /product/202405/products/seo_words GetProductsSEOWords
GET /product/202405/products/suggestions GetRecommendedProductTitleAndDescription
GET /product/202407/listing_schemas ListingSchemas
POST /product/202407/products/category_upgrade_task CreateCategoryUpgradeTask
POST /product/202411/products/diagnose_optimize DiagnoseandOptimizeProduct
POST /product/202505/images/translation_tasks CreateImageTranslationTasks
GET /product/202506/images/translation_tasks GetImageTranslationTasks
GET /product/202507/global_listing_rules GetGlobalListingRules
POST /product/202507/products/{product_id}/global_replicate ReplicateProduct
GET /product/202507/products/{product_id}/replicated_products GetGlobalReplicatedProducts
PUT /product/202509/global_products/{global_product_id}/partial_edit PartialEditGlobalProduct
POST /promotion/202309/activities CreateActivity
POST /promotion/202309/activities/search SearchActivities
GET /promotion/202309/activities/{activity_id} GetActivity
PUT /promotion/202309/activities/{activity_id} UpdateActivity
POST /promotion/202309/activities/{activity_id}/deactivate DeactivateActivity
DELETE /promotion/202309/activities/{activity_id}/products RemoveActivityProduct
PUT /promotion/202309/activities/{activity_id}/products UpdateActivityProduct
POST /promotion/202406/coupons/search SearchCoupons
GET /promotion/202406/coupons/{coupon_id} GetCoupon
GET /seller/202309/permissions GetSellerPermissions
POST /supply_chain/202309/packages/sync ConfirmPackageShipment
`
  .trim()
  .split('\n')
  .map((line) => {
    const [method = '', path = '', name = ''] = line.split(' ');
    return { method, path, name };
  });

const patterns = notSimulated.map((call) => ({
  call,
  pattern: new RegExp(`^${call.path.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** The call of TikTok that is meant, if it is one that the simulator leaves out. A path without a variable part goes first. */
export function notSimulatedCall(method: string, path: string): KnownCall | undefined {
  const found = patterns.filter(({ call, pattern }) => call.method === method && pattern.test(path));
  return (found.find(({ call }) => !call.path.includes('{')) ?? found[0])?.call;
}
